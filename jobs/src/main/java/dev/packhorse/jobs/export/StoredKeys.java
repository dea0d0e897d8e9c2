package dev.packhorse.jobs.export;

import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.VectorTable;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;

/** What a store has, as rows of Spark: its shares are read by tasks. */
record StoredKeys(Store store, VectorTable table, int shares) implements FlatMapFunction<Integer, Row>, Serializable {

    private static final StructType COLUMNS = new StructType()
            .add(VectorTable.ID, DataTypes.StringType, false)
            .add(VectorTable.CONTENT_HASH, DataTypes.StringType, true);

    /** Ids and content hashes; read when the result is. */
    static Dataset<Row> of(SparkSession spark, Store store, VectorTable table, int shares) {
        var numbers = IntStream.range(0, shares).boxed().toList();
        var rows = JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(List.copyOf(numbers), shares)
                .flatMap(new StoredKeys(store, table, shares));
        return spark.createDataFrame(rows, COLUMNS);
    }

    @Override
    public Iterator<Row> call(Integer share) {
        var stored = store.stored(table, share, shares);
        TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> stored.close());
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return stored.hasNext();
            }

            @Override
            public Row next() {
                var row = stored.next();
                return RowFactory.create(row.id(), row.contentHash());
            }
        };
    }
}
