package dev.packhorse.jobs.output;

import dev.packhorse.udf.rows.OutputColumns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/**
 * What a run's Parquet files hold, by what their footers say: counted anew from the files, and not from what the job
 * believes.
 *
 * @param paths the files
 * @param bytes their size, all together
 * @param rows rows
 * @param vectors rows that have a vector: numbers in the vector column that are not null, divided by the dimension; or
 *     values, where a vector is bytes
 * @param errors rows that have an error
 */
public record WrittenFiles(List<Path> paths, long bytes, long rows, long vectors, long errors) {

    /** The footer entry that tells whose a file is. */
    static final String RUN = "run";

    /** No files. */
    public static final WrittenFiles NONE = new WrittenFiles(List.of(), 0, 0, 0, 0);

    /** How many files there are. */
    public int files() {
        return paths.size();
    }

    /**
     * Reads the footers of those files that a run wrote; another run may write to the same folder at the same time.
     *
     * @param runId what the run's footers say
     * @param dimension D, the numbers in one vector
     * @throws IllegalStateException when a file's numbers are no whole vectors
     */
    static WrittenFiles read(List<Path> candidates, Configuration conf, String runId, int dimension) {
        return candidates.parallelStream()
                .map(file -> read(file, conf, runId, dimension))
                .reduce(NONE, WrittenFiles::plus);
    }

    private static WrittenFiles read(Path file, Configuration conf, String runId, int dimension) {
        try {
            var input = HadoopInputFile.fromPath(file, conf);
            try (var reader = ParquetFileReader.open(input)) {
                return runId.equals(owner(reader))
                        ? count(file, input.getLength(), reader.getFooter().getBlocks(), dimension)
                        : NONE;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not read the footer of " + file, e);
        }
    }

    /** The run that a file is of; nothing for one of another program, and for one that has no whole footer. */
    static String run(Path file, Configuration conf) {
        try (var reader = ParquetFileReader.open(HadoopInputFile.fromPath(file, conf))) {
            return owner(reader);
        } catch (IOException | RuntimeException e) { // Parquet throws RuntimeException for what is no Parquet file
            return "";
        }
    }

    private static String owner(ParquetFileReader reader) {
        return reader.getFooter()
                .getFileMetaData()
                .getKeyValueMetaData()
                .getOrDefault(EmbeddingParquetFormat.FOOTER_PREFIX + RUN, "");
    }

    private static WrittenFiles count(Path file, long bytes, List<BlockMetaData> blocks, int dimension) {
        long rows = 0;
        long numbers = 0;
        long vectors = 0; // those that are bytes: the quantizer makes no other than whole ones
        long errors = 0;
        for (var block : blocks) {
            rows += block.getRowCount();
            for (var column : block.getColumns()) {
                switch (column.getPath().toDotString()) {
                    case EmbeddingParquetFormat.VECTOR_LEAF -> numbers += present(file, column);
                    case EmbeddingParquetFormat.VECTOR_BYTES -> vectors += present(file, column);
                    case OutputColumns.ERROR -> errors += present(file, column);
                    default -> {}
                }
            }
        }
        if (numbers % dimension != 0) {
            throw new IllegalStateException(
                    "%s: expected whole vectors of %d numbers, found %d numbers".formatted(file, dimension, numbers));
        }
        return new WrittenFiles(List.of(file), bytes, rows, vectors + numbers / dimension, errors);
    }

    private static long present(Path file, ColumnChunkMetaData column) {
        if (!column.getStatistics().isNumNullsSet()) {
            throw new IllegalStateException("%s: expected a count of nulls for column %s, found none"
                    .formatted(file, column.getPath().toDotString()));
        }
        return column.getValueCount() - column.getStatistics().getNumNulls();
    }

    /** These and others. */
    public WrittenFiles plus(WrittenFiles other) {
        return new WrittenFiles(
                Stream.concat(paths.stream(), other.paths.stream()).toList(),
                bytes + other.bytes,
                rows + other.rows,
                vectors + other.vectors,
                errors + other.errors);
    }
}
