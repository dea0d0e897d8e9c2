package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.Receipt;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A file that a task wrote, as its receipt says it.
 *
 * @param holds rows or ids to delete
 * @param name of the file, in the run's staging folder
 * @param rows in it
 * @param bytes its length
 */
record Part(Holds holds, String name, long rows, long bytes) {

    /** What a part holds. */
    enum Holds {
        ROWS,
        DELETED
    }

    String text() {
        return holds + " " + name + " " + rows + " " + bytes;
    }

    private static Part of(String text) {
        var words = text.split(" ", -1);
        return new Part(Holds.valueOf(words[0]), words[1], Long.parseLong(words[2]), Long.parseLong(words[3]));
    }

    /** All that tasks wrote, in the order of their names, so that the same parts get the same names again. */
    static List<Part> of(List<Receipt> receipts, Holds holds) {
        var parts = new ArrayList<Part>();
        for (var receipt : receipts) {
            receipt.parts().stream()
                    .map(Part::of)
                    .filter(part -> part.holds() == holds)
                    .forEach(parts::add);
        }
        parts.sort(Comparator.comparing(Part::name));
        return parts;
    }
}
