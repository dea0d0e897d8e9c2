package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.TestRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.example.data.Group;

/** Of profiles whose columns are those of the table. */
abstract class ColumnsKindContract extends FileKindContract {

    @Override
    List<TestRow> readFiles(Path place) throws IOException {
        var rows = new ArrayList<TestRow>();
        for (var file : visible(place)) {
            for (var row : ParquetFiles.rows(file)) {
                rows.add(new TestRow(
                        row.getString("id", 0),
                        ParquetFiles.vector(row, "vector"),
                        row.getString("content_hash", 0),
                        carried(row),
                        row.getString("metadata", 0)));
            }
        }
        return rows;
    }

    private static List<Optional<Object>> carried(Group row) {
        var values = new ArrayList<Optional<Object>>();
        for (var column : TestRow.TABLE.carried()) {
            var name = column.name();
            values.add(
                    ParquetFiles.isNull(row, name)
                            ? Optional.empty()
                            : Optional.of(
                                    switch (column.type()) {
                                        case UTF8 -> row.getString(name, 0);
                                        case INT64 -> row.getLong(name, 0);
                                        case DOUBLE -> row.getDouble(name, 0);
                                        case BOOL -> row.getBoolean(name, 0);
                                    }));
        }
        return values;
    }
}
