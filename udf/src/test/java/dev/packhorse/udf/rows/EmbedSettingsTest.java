package dev.packhorse.udf.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Models;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.EncodeOptions.ChunkOutput;
import dev.packhorse.udf.options.EncodeOptions.EmptyText;
import dev.packhorse.udf.options.EncodeOptions.LongText;
import dev.packhorse.udf.options.EncodeOptions.OnError;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.resident.GpuProbe;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** From options to settings, which jobs, queries and pipelines share. */
class EmbedSettingsTest {

    @Test
    void optionsOfTheEncodingArriveInItsSettings() {
        var model = Models.find(Fixtures.tinyBert().toString());
        var given = Map.of(
                "precision", "int8",
                "path", "fast",
                "max-batch-tokens", "300",
                "window-rows", "7",
                "dedupe-cache", "1k",
                "on-error", "fail",
                "empty-text", "encode",
                "long-text", "chunk",
                "chunk-tokens", "20",
                "chunk-output", "mean");
        var conf = Map.of("spark.packhorse.chunkOverlap", "3");
        var texts = new HashMap<String, List<String>>();
        given.forEach((name, text) -> texts.put(name, List.of(text)));
        var options = OptionValues.read(EncodeOptions.ALL, conf, texts);

        var engine = EngineChoice.of(options, model, GpuProbe.here()).settings(model);
        var settings = EmbedSettings.of(options, engine, "key", "body", LongTexts.of(options, model));

        assertThat(engine).isEqualTo(new EngineSettings(model, Precision.INT8, PathChoice.FAST, 300, 1));
        assertThat(settings)
                .isEqualTo(new EmbedSettings(
                        engine,
                        7,
                        1 << 10,
                        OnError.FAIL,
                        EmptyText.ENCODE,
                        "key",
                        "body",
                        new LongTexts(LongText.CHUNK, 20, 3, ChunkOutput.MEAN)));
    }
}
