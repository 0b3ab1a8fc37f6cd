extension String {
    /// The text without what ends a comment in one of the languages, or means something in it.
    var insideComment: String {
        replacing("*/", with: "* /").replacing("\"\"\"", with: "'''").replacing("\\", with: "/")
    }

    /// Whether the source calls a function of this name.
    func calls(_ name: String) -> Bool { words.contains { $0.word == name && $0.isCalled } }

    /// Whether the source has this name somewhere.
    func mentions(_ name: String) -> Bool { words.contains { $0.word == name } }

    /// The names and keywords of the source, with whether an opening bracket follows.
    private var words: [(word: Substring, isCalled: Bool)] {
        var result: [(Substring, Bool)] = []
        var start: Index?
        for position in indices {
            let character = self[position]
            if character.isLetter || character.isNumber || character == "_" {
                start = start ?? position
            } else if let first = start {
                result.append((self[first..<position], character == "("))
                start = nil
            }
        }
        if let start { result.append((self[start...], false)) }
        return result
    }
}
