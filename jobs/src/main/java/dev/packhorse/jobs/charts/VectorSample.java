package dev.packhorse.jobs.charts;

import dev.packhorse.udf.rows.OutputColumns;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * One of some rows of a result that were drawn from it: the same ones, however often one draws.
 *
 * @param order by which some of many are taken
 * @param id as text
 * @param text its beginning; empty where it is not known, or not to be shown
 * @param truncated whether its vector is of the beginning of its text alone
 * @param vector [D]
 */
record VectorSample(long order, String id, String text, boolean truncated, float[] vector) {

    /** Characters of a text that are read: a few more than are shown. */
    private static final int READ_CHARACTERS = 200;

    /** So many rows are looked at for each that is drawn; more of them would only cost. */
    private static final long LOOKED_AT = 20;

    private static final String KEY = "key";
    private static final String START = "start";

    /**
     * Where the texts are: read once, for those that are drawn.
     *
     * @param key of a row, as {@link Rows} have it
     */
    record Texts(Dataset<Row> rows, Column key, Column text) {}

    /**
     * What is drawn from.
     *
     * @param rows in the columns of a result, with vectors of float32
     * @param key by which a row's text is found
     */
    record Rows(Dataset<Row> rows, Column key) {

        /**
         * The rows of some of the files that tasks wrote: they got their rows by hashes, so that each file is a sample of them all.
         *
         * @param held read from those files alone
         * @param count of the rows
         */
        static Rows ofFiles(Dataset<Row> held, Column key, long count, int wanted) {
            var files = Arrays.stream(held.inputFiles())
                    .map(file -> new Path(URI.create(file)).toString()) // what was encoded there is not when it is read
                    .sorted()
                    .toArray(String[]::new);
            if (files.length < 2 || count <= LOOKED_AT * wanted) {
                return new Rows(held, key);
            }
            var rowsInFile = Math.max(1, count / files.length);
            var enough = (int) Math.min(files.length, LOOKED_AT * wanted / rowsInFile + 1);
            var some = Arrays.copyOf(files, enough);
            return new Rows(held.sparkSession().read().schema(held.schema()).parquet(some), key);
        }
    }

    /**
     * Draws some rows that have a vector; runs one or two Spark jobs.
     *
     * @param texts empty where they are not to be shown
     */
    static List<VectorSample> draw(Rows from, int wanted, Optional<Texts> texts) {
        var rows = from.rows();
        var chunked = List.of(rows.columns()).contains(OutputColumns.CHUNK_START);
        var start = chunked
                ? functions.coalesce(functions.col(OutputColumns.CHUNK_START), functions.lit(0))
                : functions.lit(0);
        var order = functions.xxhash64(from.key(), start);
        var drawn = rows.filter(functions.col(OutputColumns.EMBEDDING).isNotNull())
                .select(
                        order.as("order"),
                        functions.col(OutputColumns.ID).cast(DataTypes.StringType),
                        functions.col(OutputColumns.TRUNCATED),
                        from.key().cast(DataTypes.StringType).as(KEY),
                        start.as(START),
                        functions.col(OutputColumns.EMBEDDING))
                .orderBy("order")
                .limit(wanted)
                .collectAsList();
        var found = texts.map(known -> texts(drawn, known)).orElse(Map.of());
        var sample = new ArrayList<VectorSample>();
        for (var i = 0; i < drawn.size(); i++) {
            var row = drawn.get(i);
            sample.add(new VectorSample(
                    row.getLong(0),
                    String.valueOf(row.getString(1)),
                    found.getOrDefault(i, ""),
                    row.getBoolean(2),
                    vector(row.getList(5))));
        }
        return sample;
    }

    /** @return [D] */
    private static float[] vector(List<Float> numbers) {
        var vector = new float[numbers.size()];
        var i = 0;
        for (float number : numbers) {
            vector[i++] = number;
        }
        return vector;
    }

    /** The texts of rows, by their place among them; a row whose text is not found is not among these. */
    private static Map<Integer, String> texts(List<Row> drawn, Texts texts) {
        var wanted = new ArrayList<Row>();
        for (var i = 0; i < drawn.size(); i++) {
            wanted.add(
                    RowFactory.create(i, drawn.get(i).getString(3), drawn.get(i).getInt(4)));
        }
        var schema = new StructType()
                .add("place", DataTypes.IntegerType)
                .add(KEY, DataTypes.StringType)
                .add(START, DataTypes.IntegerType);
        var places = texts.rows().sparkSession().createDataFrame(wanted, schema);
        var known = texts.rows()
                .select(
                        texts.key().cast(DataTypes.StringType).as("known"),
                        texts.text().as("text"));
        var begin = places.col(START).plus(1);
        var found = new HashMap<Integer, String>();
        known.join(functions.broadcast(places), known.col("known").equalTo(places.col(KEY)))
                .select(places.col("place"), known.col("text").substr(begin, functions.lit(READ_CHARACTERS)))
                .dropDuplicates("place")
                .collectAsList()
                .forEach(row -> found.put(row.getInt(0), row.getString(1)));
        return found;
    }
}
