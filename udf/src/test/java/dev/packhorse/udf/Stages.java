package dev.packhorse.udf;

import dev.packhorse.engine.Fixtures;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** Stages of pipelines for the tests, and what goes through them. */
final class Stages {

    private static final StructType SCHEMA = StructType.fromDDL("id INT, text STRING");

    private Stages() {}

    /** A stage for the tiny model whose vectors are the same on every machine. */
    static TextEmbedder tinyBert() {
        return new TextEmbedder().setModel(Fixtures.tinyBert().toString()).setPrecision("float32");
    }

    /** Texts, each with its place in the list as its id. */
    static Dataset<Row> rows(List<String> texts) {
        var rows = IntStream.range(0, texts.size())
                .mapToObj(i -> RowFactory.create(i, texts.get(i)))
                .toList();
        return LocalSpark.session().createDataFrame(rows, SCHEMA).repartition(2);
    }

    /** What a Param is. */
    static Object value(TextEmbedder stage, String param) {
        return stage.getOrDefault(stage.getParam(param));
    }

    /** [D] of a column of either type. */
    static float[] vector(Row row, String column) {
        if (row.getAs(column) instanceof Vector vector) {
            return floats(vector.size(), i -> (float) vector.apply(i));
        }
        List<Float> values = row.getList(row.fieldIndex(column));
        return floats(values.size(), values::get);
    }

    private interface Values {
        float at(int index);
    }

    private static float[] floats(int size, Values values) {
        var floats = new float[size];
        for (var i = 0; i < size; i++) {
            floats[i] = values.at(i);
        }
        return floats;
    }
}
