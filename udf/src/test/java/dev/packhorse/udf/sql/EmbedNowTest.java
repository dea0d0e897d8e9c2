package dev.packhorse.udf.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.Placement;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.TinyBert;
import dev.packhorse.udf.options.EncodeOptions.EmptyText;
import dev.packhorse.udf.options.EncodeOptions.OnError;
import dev.packhorse.udf.rows.EmbedSettings;
import dev.packhorse.udf.rows.LongTexts;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A constant of a query, on a driver that has the GPU of its executors, and on one that has not. */
class EmbedNowTest {

    @BeforeEach
    void aSessionIsThere() {
        LocalSpark.session();
    }

    private static EmbedNow mule(EngineSettings engine) {
        var settings = new EmbedSettings(engine, 10, 0, OnError.FAIL, EmptyText.ERROR, "", "text", LongTexts.TRUNCATED);
        return new EmbedNow(Literal.create(UTF8String.fromString("a mule"), DataTypes.StringType), settings);
    }

    private static float[] vector(Object details) {
        return ((InternalRow) details).getArray(0).toFloatArray();
    }

    @Test
    void whereTheDriverCannotComputeATaskDoes() {
        var settings = TinyBert.freshSettings();
        var elsewhere = settings.placed(new Placement(new Device.Gpu("1234"), true, ""));

        assertThat(vector(mule(elsewhere).once()))
                .isEqualTo(vector(mule(settings).once()));
    }

    @Test
    void whatTheTaskThrowsIsTold() {
        var elsewhere = TinyBert.freshSettings().on(new Device.Gpu("1234"));

        assertThatThrownBy(() -> mule(elsewhere).once())
                .rootCause()
                .hasMessageStartingWith("--device cuda:1234: expected a GPU ");
    }
}
