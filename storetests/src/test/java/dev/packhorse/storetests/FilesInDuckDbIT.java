package dev.packhorse.storetests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Seeds;
import dev.packhorse.stores.Stores;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreOptions;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.WriteTask;
import dev.packhorse.udf.options.OptionValues;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DuckDB reads the files that no test has a store for, and finds in them the neighbours of the rows that were written. */
class FilesInDuckDbIT {

    private static final int ROWS = 600;
    private static final int TASKS = 3;
    private static final int NEIGHBOURS = 10;

    @TempDir
    Path temp;

    private final RandomGenerator random = Seeds.random();
    private final List<TestRow> rows = TestRow.random("a", ROWS, random);

    private Path export(String scheme) {
        var folder = temp.resolve(scheme);
        var kind = Stores.kind(scheme + ":");
        var known = Stream.concat(StoreOptions.ALL.stream(), kind.options().stream())
                .toList();
        var store = kind.open(new StoreRequest(
                scheme + ":" + folder, OptionValues.read(known, Map.of(), Map.of()), Secrets.NONE, Map.of()));
        store.prepare(TestRow.TABLE);
        var receipts = new ArrayList<Receipt>();
        for (var task = 0; task < TASKS; task++) {
            receipts.add(write(store, task));
        }
        store.publish(TestRow.TABLE, "run1", receipts);
        return folder;
    }

    private Receipt write(Store store, int task) {
        var share = rows.subList(task * ROWS / TASKS, (task + 1) * ROWS / TASKS);
        try (var allocator = new RootAllocator();
                var writer = store.writer(TestRow.TABLE, new WriteTask("run1", task, 0));
                var batch = TestRow.batch(TestRow.TABLE, share, allocator)) {
            writer.write(batch);
            return writer.commit();
        }
    }

    /** Ten questions, of which the one that is asked is a row itself. */
    private void assertSameNeighbours(String files, String vector) throws SQLException {
        try (var duckDb = DriverManager.getConnection("jdbc:duckdb:");
                var question = duckDb.createStatement()) {
            for (var i = 0; i < 10; i++) {
                var query = rows.get(random.nextInt(ROWS)).vector();
                var found = new ArrayList<String>();
                try (var answer = question.executeQuery(
                        "SELECT id FROM %s ORDER BY list_cosine_similarity(%s::DOUBLE[], %s::DOUBLE[]) DESC LIMIT %d"
                                .formatted(files, vector, Arrays.toString(query), NEIGHBOURS))) {
                    while (answer.next()) {
                        found.add(answer.getString(1));
                    }
                }
                assertThat(found).isEqualTo(nearest(query));
            }
        }
    }

    private List<String> nearest(float[] query) {
        return rows.stream()
                .sorted(Comparator.comparingDouble(
                        (TestRow row) -> -TestRow.TABLE.metric().nearness(query, row.vector())))
                .limit(NEIGHBOURS)
                .map(TestRow::id)
                .toList();
    }

    /** Of the one row that a query gives, all columns as texts. */
    private static List<String> row(String query) throws SQLException {
        try (var duckDb = DriverManager.getConnection("jdbc:duckdb:");
                var question = duckDb.createStatement();
                var answer = question.executeQuery(query)) {
            assertThat(answer.next()).isTrue();
            var columns = new ArrayList<String>();
            for (var i = 1; i <= answer.getMetaData().getColumnCount(); i++) {
                columns.add(answer.getString(i));
            }
            assertThat(answer.next()).isFalse();
            return columns;
        }
    }

    @Test
    void parquetForAnyReader() throws SQLException {
        var files = "read_parquet('%s/*.parquet')".formatted(export("parquet"));

        assertSameNeighbours(files, "vector");
        assertThat(row("SELECT count(*), count(DISTINCT id), typeof(any_value(vector)), typeof(any_value(embedded_at)),"
                        + " epoch_us(min(embedded_at)), typeof(any_value(fresh)) FROM " + files))
                .containsExactly(
                        "600",
                        "600",
                        "FLOAT[]",
                        "TIMESTAMP WITH TIME ZONE",
                        String.valueOf(TestRow.EMBEDDED_AT),
                        "BOOLEAN");
    }

    @Test
    void parquetForPinecone() throws SQLException {
        var files = "read_parquet('%s/__default__/*.parquet')".formatted(export("pinecone"));

        assertSameNeighbours(files, "\"values\"");
        assertThat(row("SELECT typeof(id), typeof(\"values\"), typeof(metadata), metadata->>'$.title',"
                        + " metadata->>'$.content_hash', metadata->>'$.tags' FROM " + files + " WHERE id = 'a7'"))
                .containsExactly("VARCHAR", "FLOAT[]", "VARCHAR", "title of a7", "hash-a7", "[\"a\",\"b\"]");
    }

    @Test
    void parquetForMilvus() throws SQLException {
        var files = "read_parquet('%s/*.parquet')".formatted(export("milvus"));

        assertSameNeighbours(files, "vector");
        assertThat(row("SELECT typeof(vector), typeof(embedded_at), embedded_at, title FROM " + files
                        + " WHERE id = 'a7'"))
                .containsExactly("FLOAT[]", "BIGINT", String.valueOf(TestRow.EMBEDDED_AT), "title of a7");
    }

    @Test
    void linesOfJsonForVertex() throws SQLException {
        var files = "read_json('%s/batch-00001-run1/*.json', format = 'newline_delimited')".formatted(export("vertex"));

        assertSameNeighbours(files, "embedding");
        assertThat(row("SELECT count(*), typeof(any_value(embedding)) FROM " + files))
                .containsExactly("600", "DOUBLE[]");
        assertThat(row("SELECT restricts[1].namespace, restricts[1].allow[1], numeric_restricts[1].namespace,"
                        + " embedding_metadata.content_hash FROM " + files + " WHERE id = 'a7'"))
                .containsExactly("title", "title of a7", "year", "hash-a7");
    }
}
