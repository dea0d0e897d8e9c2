package dev.packhorse.jobs.page;

/** Makes texts from anywhere safe for a page. */
final class Texts {

    private static final int REPLACEMENT = 0xFFFD;

    private Texts() {}

    /** As the text or an attribute of an element. */
    static String html(String text) {
        var html = new StringBuilder(text.length() + 16);
        clean(text).codePoints().forEach(c -> {
            switch (c) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '"' -> html.append("&quot;");
                case '\'' -> html.append("&#39;");
                default -> html.appendCodePoint(c);
            }
        });
        return html.toString();
    }

    /**
     * JSON as the content of a script element: no sign is left in it that HTML knows, nor one that ends a line in JavaScript and
     * not in JSON. All of them can only be in strings.
     */
    static String script(String json) {
        return json.replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }

    /** Without what cannot be written as UTF-8 or is not allowed in HTML: halves of characters, and control characters. */
    static String clean(String text) {
        var clean = new StringBuilder(text.length());
        text.codePoints().map(Texts::clean).forEach(clean::appendCodePoint);
        return clean.toString();
    }

    private static int clean(int c) {
        if (c == '\n' || c == '\t' || c == '\r') {
            return c;
        }
        var half = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
        var nonCharacter = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
        return half || nonCharacter || Character.isISOControl(c) ? REPLACEMENT : c;
    }
}
