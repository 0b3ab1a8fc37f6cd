/// The name that was probably meant by a misspelt one.
///
/// - Returns: the candidate with the fewest edits (insertion, deletion, substitution, exchange of two neighbours; Damerau
///   1964), letter case aside, the first in alphabetical order among equals; nil where none is near.
/// - Complexity: the number of candidates times the square of their length.
package func nearestName<Names: Sequence<String>>(to name: String, among candidates: Names) -> String? {
    let longest = 64
    let letters = Array(name.lowercased().unicodeScalars)
    guard letters.count <= longest else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in candidates.sorted() {
        let other = Array(candidate.lowercased().unicodeScalars)
        guard other.count <= longest else { continue }
        let distance = editDistance(letters, other)
        guard distance <= max(letters.count, other.count) / 3 || (distance == 1 && letters.count > 1) else { continue }
        if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
}

private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var distance = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { distance = min(distance, beforeLast[j - 1] + 1) }
            row.append(distance)
        }
        beforeLast = last
        last = row
    }
    return last[b.count]
}
