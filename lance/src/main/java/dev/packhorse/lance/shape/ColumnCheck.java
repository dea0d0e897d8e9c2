package dev.packhorse.lance.shape;

import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.VectorTable;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/** Holds the columns of a table to those that are exported. */
public final class ColumnCheck {

    private ColumnCheck() {}

    /**
     * Checks that all columns are there, and that a row can do without any other.
     *
     * @param found the table's
     * @throws StoreException naming what differs
     */
    public static void check(VectorTable table, List<Field> found, String place) {
        var byName = new HashMap<String, Field>();
        found.forEach(field -> byName.put(field.getName(), field));
        for (var expected : table.schema().getFields()) {
            var field = byName.remove(expected.getName());
            if (field == null) {
                throw new StoreException(
                        "%s: expected column %s, found %s; export to a new table, or add the column there"
                                .formatted(place, expected, names(found)));
            }
            if (expected.getName().equals(VectorTable.VECTOR)
                    && field.getType() instanceof ArrowType.FixedSizeList list
                    && list.getListSize() != table.dimension()) {
                throw new StoreException(
                        "%s: expected vectors of %d numbers, found %d; export to a new table, or with the model that this one was made with"
                                .formatted(place, table.dimension(), list.getListSize()));
            }
            if (!sameType(expected, field)) {
                throw new StoreException(
                        "%s: expected column %s, found %s; export to a new table".formatted(place, expected, field));
            }
        }
        byName.values().stream()
                .filter(field -> !field.isNullable())
                .findFirst()
                .ifPresent(field -> {
                    throw new StoreException(
                            "%s: expected no column beside those exported that must not be null, found %s; drop it there, or export to a new table"
                                    .formatted(place, field));
                });
    }

    private static boolean sameType(Field expected, Field found) {
        if (!expected.getType().equals(found.getType())
                || expected.getChildren().size() != found.getChildren().size()) {
            return false;
        }
        for (var i = 0; i < expected.getChildren().size(); i++) {
            if (!sameType(expected.getChildren().get(i), found.getChildren().get(i))) {
                return false;
            }
        }
        return true;
    }

    private static Set<String> names(List<Field> fields) {
        var names = new TreeSet<String>();
        fields.forEach(field -> names.add(field.getName()));
        return names;
    }
}
