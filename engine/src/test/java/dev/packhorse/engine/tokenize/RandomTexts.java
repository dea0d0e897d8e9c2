package dev.packhorse.engine.tokenize;

import java.util.random.RandomGenerator;

/** Texts that nobody would write. */
final class RandomTexts {

    /** What tokenizers treat in ways of their own: spaces, controls, marks, scripts, pairs, special tokens. */
    private static final String[] PIECES = {
        " ",
        " ",
        " ",
        " ",
        "\t",
        "\n",
        "\r\n",
        "\u00a0",
        "\u2003",
        "\u2028",
        "\u3000",
        "\u0085",
        "\u000b",
        "\f",
        "\u001c",
        "\u001f",
        "\u0000",
        "\u200b",
        "\u200d",
        "\ufeff",
        "\ufffd",
        "\u0301",
        "\u0327",
        "mule",
        "letter",
        "mountains",
        "Straße",
        "İ",
        "Σ",
        "ς",
        "ñ",
        "世界",
        "인",
        "ｱ",
        "😀",
        "𠮷",
        "👨‍👩‍👧",
        "[SEP]",
        "[MASK]",
        "##ing",
        ".",
        ",",
        "'s",
        "-",
        "x",
        "7",
        "$"
    };

    private RandomTexts() {}

    /** A text of up to {@code maxPieces} pieces, well-formed. */
    static String any(RandomGenerator random, int maxPieces) {
        var text = new StringBuilder();
        var pieces = random.nextInt(maxPieces + 1);
        for (var i = 0; i < pieces; i++) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }
}
