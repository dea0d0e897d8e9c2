package dev.packhorse.stores.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/** Parquet files as Parquet's own classes read them. */
final class ParquetFiles {

    private ParquetFiles() {}

    static List<Group> rows(Path file) throws IOException {
        var rows = new ArrayList<Group>();
        try (var reader = ParquetReader.builder(new GroupReadSupport(), new org.apache.hadoop.fs.Path(file.toUri()))
                .build()) {
            for (var row = reader.read(); row != null; row = reader.read()) {
                rows.add(row);
            }
        }
        return rows;
    }

    static ParquetMetadata footer(Path file) throws IOException {
        var input = HadoopInputFile.fromPath(new org.apache.hadoop.fs.Path(file.toUri()), new Configuration());
        try (var reader = ParquetFileReader.open(input)) {
            return reader.getFooter();
        }
    }

    /** [d] */
    static float[] vector(Group row, String column) {
        var list = row.getGroup(column, 0);
        var vector = new float[list.getFieldRepetitionCount("list")];
        for (var i = 0; i < vector.length; i++) {
            vector[i] = list.getGroup("list", i).getFloat("element", 0);
        }
        return vector;
    }

    static boolean isNull(Group row, String column) {
        return row.getFieldRepetitionCount(column) == 0;
    }
}
