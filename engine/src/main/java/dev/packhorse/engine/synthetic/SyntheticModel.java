package dev.packhorse.engine.synthetic;

import dev.packhorse.engine.model.EmbeddedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Models of random weights in the shape of real ones: they cost what those cost, and their vectors mean nothing. Their texts
 * are tokenized as the embedded default model's.
 */
public final class SyntheticModel {

    private static final String WEIGHTS = "model.safetensors";

    private SyntheticModel() {}

    /**
     * Writes a model's folder: config.json, tokenizer.json, modules.json, 1_Pooling, 2_Normalize, sentence_bert_config.json
     * and its weights. The same seed gives the same bytes, and the same weights in each format.
     *
     * <p>Weights go to the disk as they are made: XLM-R large takes some ten seconds and 2.2 GB for safetensors, with or without
     * ONNX, and as much for TorchScript. A call that was stopped leaves a folder that is not whole. Thread-safe as long as
     * calls have folders of their own.
     *
     * @param folder made where it is not there; files of these names are replaced
     * @param formats of the weights; with TORCHSCRIPT alone it is no folder that {@code ModelFolder} reads
     * @throws UncheckedIOException when there is no room
     * @throws dev.packhorse.engine.contract.ModelException when the embedded model's jar, and so the tokenizer, is not on the
     *     class path
     */
    public static void write(Shape shape, long seed, Path folder, Set<Format> formats) {
        write(shape.sizes(), seed, folder, formats);
    }

    static void write(Sizes sizes, long seed, Path folder, Set<Format> formats) {
        var parameters = Parameters.of(sizes, seed);
        var layout = new SafetensorsLayout(parameters);
        try {
            Files.createDirectories(folder);
            EmbeddedModel.ALL_MINILM_L6_V2.tokenizer().copyTo(folder.resolve("tokenizer.json"));
            Configurations.write(sizes, folder);
            if (formats.contains(Format.SAFETENSORS) || formats.contains(Format.ONNX)) {
                try (var out = Files.newOutputStream(folder.resolve(WEIGHTS))) {
                    layout.writeTo(out);
                }
            }
            if (formats.contains(Format.ONNX)) {
                // beside the weights, for a graph's data lies in its folder
                ExportedGraph.write(folder.resolve("model.onnx"), sizes, parameters, layout, WEIGHTS);
            }
            if (formats.contains(Format.TORCHSCRIPT)) {
                Files.createDirectories(folder.resolve("torchscript"));
                TorchScriptFile.write(folder.resolve("torchscript/model.pt"), sizes, parameters);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a model of random weights could not be written to " + folder, e);
        }
    }
}
