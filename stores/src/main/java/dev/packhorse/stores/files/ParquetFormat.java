package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.rows.ExactSearch.Seen;
import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;

/** Parquet, by a profile. */
record ParquetFormat(ParquetProfile profile, boolean writesEmptyFile) implements FileFormat {

    @Override
    public String suffix() {
        return ".parquet";
    }

    @Override
    public void check(VectorTable table) {
        profile.check(table);
    }

    @Override
    public int mostFiles() {
        return profile.mostFiles();
    }

    @Override
    public Writer open(VectorTable table, FSDataOutputStream out) throws IOException {
        return new ParquetBatches(profile, table, out);
    }

    @Override
    public void read(VectorTable table, Folder file, Seen seen) throws IOException {
        ParquetVectors.read(file, profile, seen);
    }
}
