package dev.packhorse.lance.table;

import dev.packhorse.stores.contract.VectorTable;
import java.util.HashMap;
import java.util.List;
import org.lance.Dataset;
import org.lance.FragmentMetadata;
import org.lance.fragment.DataFile;
import org.lance.schema.LanceField;

/** Says which columns of a table a file has. */
final class LanceColumns {

    private LanceColumns() {}

    /**
     * A file of new rows as Lance's tables list them.
     *
     * @see <a href="https://lance.org/format/table/">Lance's table format: fragments and their data files</a>
     */
    static FragmentMetadata fragment(VectorTable table, Dataset dataset, NewFile file) {
        var byName = new HashMap<String, Integer>();
        for (LanceField field : dataset.getLanceSchema().fields()) {
            byName.put(field.getName(), field.getId());
        }
        var columns = table.schema().getFields();
        var ids = new int[columns.size()]; // of columns in the table
        var places = new int[columns.size()]; // of columns in the file
        for (var i = 0; i < ids.length; i++) {
            ids[i] = byName.get(columns.get(i).getName());
            places[i] = i;
        }
        var version = dataset.getLanceFileFormatVersion().split("\\.", 2);
        var data = new DataFile(
                file.name(), ids, places, Integer.parseInt(version[0]), Integer.parseInt(version[1]), null, null);
        return new FragmentMetadata(0, List.of(data), file.rows(), null, null);
    }
}
