package dev.packhorse.jobs.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/**
 * What Parquet files hold, by what their footers say: counted anew from the files, and not from what the job believes.
 *
 * @param files how many
 * @param bytes their size
 * @param rows rows
 * @param vectors rows that have a vector: numbers in the vector column that are not null, divided by the dimension
 * @param errors rows that have an error
 */
public record WrittenFiles(int files, long bytes, long rows, long vectors, long errors) {

    /**
     * Reads the footers.
     *
     * @param dimension D, the numbers in one vector
     * @throws IllegalStateException when a file's numbers are no whole vectors
     */
    static WrittenFiles read(List<Path> files, Configuration conf, int dimension) {
        return files.parallelStream()
                .map(file -> read(file, conf, dimension))
                .reduce(new WrittenFiles(0, 0, 0, 0, 0), WrittenFiles::plus);
    }

    private static WrittenFiles read(Path file, Configuration conf, int dimension) {
        try {
            var input = HadoopInputFile.fromPath(file, conf);
            try (var reader = ParquetFileReader.open(input)) {
                long rows = 0;
                long numbers = 0;
                long errors = 0;
                for (var block : reader.getFooter().getBlocks()) {
                    rows += block.getRowCount();
                    for (var column : block.getColumns()) {
                        switch (column.getPath().toDotString()) {
                            case EmbeddingParquetFormat.VECTOR_LEAF -> numbers += present(file, column);
                            case "error" -> errors += present(file, column);
                            default -> {}
                        }
                    }
                }
                if (numbers % dimension != 0) {
                    throw new IllegalStateException("%s: expected whole vectors of %d numbers, found %d numbers"
                            .formatted(file, dimension, numbers));
                }
                return new WrittenFiles(1, input.getLength(), rows, numbers / dimension, errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not read the footer of " + file, e);
        }
    }

    private static long present(Path file, ColumnChunkMetaData column) {
        if (!column.getStatistics().isNumNullsSet()) {
            throw new IllegalStateException("%s: expected a count of nulls for column %s, found none"
                    .formatted(file, column.getPath().toDotString()));
        }
        return column.getValueCount() - column.getStatistics().getNumNulls();
    }

    private WrittenFiles plus(WrittenFiles other) {
        return new WrittenFiles(
                files + other.files,
                bytes + other.bytes,
                rows + other.rows,
                vectors + other.vectors,
                errors + other.errors);
    }
}
