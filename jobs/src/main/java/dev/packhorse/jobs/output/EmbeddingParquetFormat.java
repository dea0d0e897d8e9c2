package dev.packhorse.jobs.output;

import dev.packhorse.udf.rows.OutputColumns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.DelegatingWriteSupport;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.OutputWriter;
import org.apache.spark.sql.execution.datasources.OutputWriterFactory;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.execution.datasources.parquet.ParquetWriteSupport;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * Spark's Parquet format with three differences that Spark has no options for: key-value metadata of our own in the
 * footer, no dictionary for the vectors (each number is different), and byte-stream-split on request.
 *
 * <p>Write options: {@code footer.KEY} becomes the footer entry {@code packhorse.KEY}; {@code float-encoding} is a
 * {@link FloatEncoding}; {@code written-schema} says, as JSON, which columns are never null, where the rows' own schema
 * does not know it. Spark still converts rows, commits files and does all the rest. Has no state of its own; a writer
 * belongs to its task.
 */
public final class EmbeddingParquetFormat extends ParquetFileFormat {

    static final String FOOTER_OPTION = "footer.";
    static final String FOOTER_PREFIX = "packhorse.";
    static final String FLOAT_ENCODING_OPTION = "float-encoding";
    static final String SCHEMA_OPTION = "written-schema";

    /** A writer holds one row group on its task's heap; Parquet's own default, 128 MiB, is for fewer writers. */
    private static final long ROW_GROUP_BYTES = 32L << 20;

    /** The bytes of a text or a vector that stand in statistics. */
    private static final int STATISTICS_BYTES = 64;

    /** The leaf column of the {@code array<float>} of a vector, as Spark's schema converter calls it. */
    static final String VECTOR_LEAF = OutputColumns.EMBEDDING + ".list.element";

    /** The leaf column where a vector is bytes. */
    static final String VECTOR_BYTES = OutputColumns.EMBEDDING;

    @Override
    public OutputWriterFactory prepareWrite(
            SparkSession spark, Job job, scala.collection.immutable.Map<String, String> options, StructType schema) {
        var given = options.get(SCHEMA_OPTION);
        var written = given.isDefined() ? (StructType) DataType.fromJson(given.get()) : schema;
        super.prepareWrite(
                spark, job, options, written); // puts the schema and its settings into the job's configuration
        var footer = new HashMap<String, String>();
        var encoding = new String[] {FloatEncoding.PLAIN.id()};
        options.foreach(option -> {
            // Spark lower-cases option names
            if (option._1().startsWith(FOOTER_OPTION)) {
                footer.put(FOOTER_PREFIX + option._1().substring(FOOTER_OPTION.length()), option._2());
            } else if (option._1().equals(FLOAT_ENCODING_OPTION)) {
                encoding[0] = option._2();
            }
            return scala.runtime.BoxedUnit.UNIT;
        });
        return new Factory(Map.copyOf(footer), FloatEncoding.named(encoding[0]));
    }

    /** Opens a task's files; travels to the tasks. Immutable. */
    private static final class Factory extends OutputWriterFactory {

        private final Map<String, String> footer;
        private final FloatEncoding encoding;

        Factory(Map<String, String> footer, FloatEncoding encoding) {
            this.footer = footer;
            this.encoding = encoding;
        }

        @Override
        public String getFileExtension(TaskAttemptContext context) {
            return CompressionCodecName.ZSTD.getExtension() + ".parquet";
        }

        @Override
        public OutputWriter newInstance(String path, StructType schema, TaskAttemptContext context) {
            return new Writer(path, open(path, context.getConfiguration()));
        }

        private ParquetWriter<InternalRow> open(String path, Configuration conf) {
            try {
                return new Builder(HadoopOutputFile.fromPath(new Path(path), conf), footer)
                        .withConf(conf)
                        .withCompressionCodec(CompressionCodecName.ZSTD)
                        .withRowGroupSize(ROW_GROUP_BYTES)
                        .withDictionaryEncoding(VECTOR_LEAF, false)
                        .withDictionaryEncoding(VECTOR_BYTES, false)
                        .withByteStreamSplitEncoding(encoding == FloatEncoding.BYTE_STREAM_SPLIT)
                        // longer ones are left out with the count of nulls beside them, by which rows are counted
                        .withStatisticsTruncateLength(STATISTICS_BYTES)
                        .build();
            } catch (IOException e) {
                throw new UncheckedIOException("could not open " + path, e);
            }
        }
    }

    /** Parquet's builder of writers for Spark's rows. */
    private static final class Builder extends ParquetWriter.Builder<InternalRow, Builder> {

        private final Map<String, String> footer;

        Builder(HadoopOutputFile file, Map<String, String> footer) {
            super(file);
            this.footer = footer;
        }

        @Override
        protected Builder self() {
            return this;
        }

        @Override
        @SuppressWarnings("deprecation") // its successor is not in the Parquet of Spark 3.5
        protected WriteSupport<InternalRow> getWriteSupport(Configuration conf) {
            return new FooterWriteSupport(footer);
        }
    }

    /** Spark's own, with our entries for the footer: the builder of the Parquet of Spark 3.5 takes none. */
    private static final class FooterWriteSupport extends DelegatingWriteSupport<InternalRow> {

        private final Map<String, String> footer;

        FooterWriteSupport(Map<String, String> footer) {
            super(new ParquetWriteSupport());
            this.footer = footer;
        }

        @Override
        public FinalizedWriteContext finalizeWrite() {
            return new FinalizedWriteContext(footer);
        }
    }

    /** One file of a task, which closes it. Not thread-safe; throws UncheckedIOException that names the file. */
    private static final class Writer extends OutputWriter {

        private final String path;
        private final ParquetWriter<InternalRow> writer;

        Writer(String path, ParquetWriter<InternalRow> writer) {
            this.path = path;
            this.writer = writer;
        }

        @Override
        public void write(InternalRow row) {
            try {
                writer.write(row);
            } catch (IOException e) {
                throw new UncheckedIOException("could not write to " + path, e);
            }
        }

        @Override
        public void close() {
            try {
                writer.close();
            } catch (IOException e) {
                throw new UncheckedIOException("could not finish " + path, e);
            }
        }

        @Override
        public String path() {
            return path;
        }
    }
}
