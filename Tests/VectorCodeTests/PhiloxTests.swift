import Testing
import VectorCode

struct PhiloxTests {
    /// Known answers of the authors' implementation, Random123 1.14, tests/kat_vectors.
    @Test(
        arguments: [
            ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            (
                [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff],
                [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
            ),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
            ),
        ] as [([UInt64], [UInt32], [UInt64])])
    func `Philox gives the published answers`(counter: [UInt64], key: [UInt32], answer: [UInt64]) {
        var keys = [UInt64](repeating: 0, count: Philox.keyCount)
        Philox.fill(&keys, first: key[0], second: key[1])
        let words = Philox.words(
            of: (
                SIMD8(repeating: counter[0]), SIMD8(repeating: counter[1]), SIMD8(repeating: counter[2]),
                SIMD8(repeating: counter[3])
            ), keys: keys)
        for lane in 0..<8 {
            #expect([words.w0[lane], words.w1[lane], words.w2[lane], words.w3[lane]] == answer)
        }
    }
}
