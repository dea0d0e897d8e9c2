package dev.packhorse.stores.files;

import dev.packhorse.stores.rows.ExactSearch.Seen;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.InitContext;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;

/** Reads ids and vectors of a Parquet file, and no other columns. Not thread-safe. */
final class ParquetVectors extends ReadSupport<ParquetVectors.Row> {

    /** @param vector [d] */
    record Row(String id, float[] vector) {}

    private final ParquetProfile profile;

    private ParquetVectors(ParquetProfile profile) {
        this.profile = profile;
    }

    static void read(Folder file, ParquetProfile profile, Seen seen) throws IOException {
        try (var reader = ParquetReader.builder(new ParquetVectors(profile), file.path())
                .withConf(file.settings())
                .build()) {
            for (var row = reader.read(); row != null; row = reader.read()) {
                seen.row(row.id(), row.vector());
            }
        } catch (RuntimeException e) { // as Parquet says that a file is none
            throw new IOException("expected Parquet in %s, found: %s".formatted(file, e), e);
        }
    }

    @Override
    public ReadContext init(InitContext context) {
        var schema = context.getFileSchema();
        return new ReadContext(new MessageType(
                schema.getName(), schema.getType(profile.idColumn()), schema.getType(profile.vectorColumn())));
    }

    @SuppressWarnings("deprecation") // Parquet 1.13 has no other
    @Override
    public RecordMaterializer<Row> prepareForRead(
            Configuration conf, Map<String, String> metadata, MessageType schema, ReadContext context) {
        return new Rows();
    }

    private static final class Rows extends RecordMaterializer<Row> {

        private String id = "";
        private float[] numbers = {}; // as long as the longest vector yet
        private int count;

        private final GroupConverter root = new Group() {

            private final Converter ids = new PrimitiveConverter() {
                @Override
                public void addBinary(Binary value) {
                    id = value.toStringUsingUTF8();
                }
            };
            private final Converter vectors = group(group(new PrimitiveConverter() {
                @Override
                public void addFloat(float value) {
                    if (count == numbers.length) {
                        numbers = Arrays.copyOf(numbers, Math.max(16, 2 * count));
                    }
                    numbers[count++] = value;
                }
            }));

            @Override
            public Converter getConverter(int field) {
                return field == 0 ? ids : vectors;
            }

            @Override
            public void start() {
                count = 0;
            }
        };

        private static Group group(Converter child) {
            return new Group() {
                @Override
                public Converter getConverter(int field) {
                    return child;
                }
            };
        }

        @Override
        public Row getCurrentRecord() {
            return new Row(id, Arrays.copyOf(numbers, count));
        }

        @Override
        public GroupConverter getRootConverter() {
            return root;
        }
    }

    /** A group of which neither beginning nor end matter. */
    private abstract static class Group extends GroupConverter {

        @Override
        public void start() {}

        @Override
        public void end() {}
    }
}
