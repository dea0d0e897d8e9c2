package dev.packhorse.engine.tokenize;

import java.util.Arrays;

/** The ids of a text as they are found: the first ones are kept, all are counted. Not thread-safe. */
final class IdBuffer {

    private final int room;
    private int[] ids; // the first kept ones count
    private int kept;
    private int found;

    /**
     * @param room the most that are kept
     * @param expected about how many there will be
     */
    IdBuffer(int room, int expected) {
        this.room = room;
        this.ids = new int[Math.min(room, expected)];
    }

    void add(int[] more) {
        var first = kept;
        take(more.length);
        System.arraycopy(more, 0, ids, first, kept - first);
    }

    /** The same as the library gives them. */
    void add(long[] more) {
        var first = kept;
        take(more.length);
        for (var i = first; i < kept; i++) {
            ids[i] = (int) more[i - first];
        }
    }

    private void take(int more) {
        found += more;
        kept = Math.min(room, kept + more);
        if (kept > ids.length) {
            ids = Arrays.copyOf(ids, Math.min(room, Math.max(kept, 2 * ids.length)));
        }
    }

    /** Those that were kept, between special tokens. */
    TokenizedText between(SpecialTokens special) {
        return new TokenizedText(special.around(ids, kept), found - kept);
    }
}
