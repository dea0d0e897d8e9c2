package dev.packhorse.engine;

import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.families.Families;
import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.engine.transformer.TransformerWeights;
import dev.packhorse.engine.weights.WeightsFile;

/** The weights of the model tiny-bert: 550 words, 128 positions, 32 numbers wide. */
public final class TinyBertWeights {

    private TinyBertWeights() {}

    /** Opens them; the caller closes them. */
    public static TransformerWeights open() {
        var folder = Fixtures.tinyBert();
        return Families.weights(
                (Known) ModelFolder.read(folder).architecture(),
                WeightsFile.safetensors("tiny-bert", folder.resolve("model.safetensors")));
    }
}
