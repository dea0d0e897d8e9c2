package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.TestRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.util.Text;

/** Rows of Arrow as Arrow's own classes give them. */
final class ArrowRows {

    private ArrowRows() {}

    static List<TestRow> of(VectorSchemaRoot root) {
        var rows = new ArrayList<TestRow>();
        for (var i = 0; i < root.getRowCount(); i++) {
            var list = (List<?>) root.getVector("vector").getObject(i);
            var vector = new float[list.size()];
            for (var j = 0; j < vector.length; j++) {
                vector[j] = (Float) list.get(j);
            }
            var carried = new ArrayList<Optional<Object>>();
            for (var column : TestRow.TABLE.carried()) {
                var value = root.getVector(column.name()).getObject(i);
                carried.add(Optional.ofNullable(value instanceof Text ? value.toString() : value));
            }
            rows.add(new TestRow(
                    root.getVector("id").getObject(i).toString(),
                    vector,
                    root.getVector("content_hash").getObject(i).toString(),
                    carried,
                    root.getVector("metadata").getObject(i).toString()));
        }
        return rows;
    }
}
