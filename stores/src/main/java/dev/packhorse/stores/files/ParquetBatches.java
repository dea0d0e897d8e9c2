package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.VectorTable;
import java.io.IOException;
import java.util.Map;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopStreams;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.io.api.RecordConsumer;

/** Writes batches as a Parquet file, number by number from Arrow's memory, without records between. */
final class ParquetBatches implements FileFormat.Writer {

    /** What a task holds before it is written; small, for a task's memory is to be small. */
    private static final long ROW_GROUP_BYTES = 16L << 20;

    private final ParquetProfile profile;
    private final VectorTable table;
    private final RowSupport support;
    private final ParquetWriter<Integer> writer;

    ParquetBatches(ParquetProfile profile, VectorTable table, FSDataOutputStream out) throws IOException {
        this.profile = profile;
        this.table = table;
        this.support = new RowSupport(profile, table);
        this.writer = new Builder(new OpenFile(out), support)
                .withCompressionCodec(CompressionCodecName.ZSTD)
                .withRowGroupSize(ROW_GROUP_BYTES)
                .withDictionaryEncoding(profile.vectorColumn() + ".list.element", false) // no number comes twice
                .withDictionaryEncoding(profile.idColumn(), false)
                .build();
    }

    @Override
    public long write(VectorSchemaRoot batch, Refusals refusals) throws IOException {
        var records = profile.records(table, batch);
        support.records = records;
        var written = 0L;
        for (var row = 0; row < batch.getRowCount(); row++) {
            var refusal = records.refusal(row);
            if (refusal.isPresent()) {
                refusals.add(records.id(row), refusal.get());
            } else {
                writer.write(row);
                written++;
            }
        }
        return written;
    }

    @Override
    public void finish() throws IOException {
        writer.close();
    }

    /** Writes the row of a number of the batch at hand. */
    private static final class RowSupport extends WriteSupport<Integer> {

        private final ParquetProfile profile;
        private final VectorTable table;
        private ParquetProfile.Records records;
        private RecordConsumer out;

        RowSupport(ParquetProfile profile, VectorTable table) {
            this.profile = profile;
            this.table = table;
        }

        @SuppressWarnings("deprecation") // Parquet 1.13 has no other
        @Override
        public WriteContext init(Configuration conf) {
            return new WriteContext(
                    profile.schema(table), Map.copyOf(table.schema().getCustomMetadata()));
        }

        @Override
        public void prepareForWrite(RecordConsumer consumer) {
            this.out = consumer;
        }

        @Override
        public void write(Integer row) {
            out.startMessage();
            records.write(row, out);
            out.endMessage();
        }
    }

    private static final class Builder extends ParquetWriter.Builder<Integer, Builder> {

        private final RowSupport support;

        Builder(OutputFile file, RowSupport support) {
            super(file);
            this.support = support;
        }

        @Override
        protected Builder self() {
            return this;
        }

        @SuppressWarnings("deprecation") // Parquet 1.13 has no other
        @Override
        protected WriteSupport<Integer> getWriteSupport(Configuration conf) {
            return support;
        }
    }

    /** A file that is open already. */
    private record OpenFile(FSDataOutputStream out) implements OutputFile {

        @Override
        public PositionOutputStream create(long blockSizeHint) {
            return HadoopStreams.wrap(out);
        }

        @Override
        public PositionOutputStream createOrOverwrite(long blockSizeHint) {
            return HadoopStreams.wrap(out);
        }

        @Override
        public boolean supportsBlockSize() {
            return false;
        }

        @Override
        public long defaultBlockSize() {
            return 0;
        }
    }
}
