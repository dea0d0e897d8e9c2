package dev.packhorse.engine;

import dev.packhorse.engine.families.Architecture;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFile;
import java.util.List;

/** Models that differ in one thing from another. */
public final class Changed {

    private Changed() {}

    /** Another architecture and other weights. */
    public static Model weights(Model model, Architecture architecture, List<ModelFile> safetensors) {
        return of(model, architecture, safetensors, model.hiddenSize());
    }

    /** Another width of token vectors. */
    public static Model width(Model model, int hiddenSize) {
        return of(model, model.architecture(), model.safetensors(), hiddenSize);
    }

    private static Model of(Model model, Architecture architecture, List<ModelFile> safetensors, int hiddenSize) {
        return new Model(
                model.name(),
                model.onnx(),
                model.onnxOutput(),
                safetensors,
                model.torchscript(),
                model.tokenizer(),
                model.configuration(),
                architecture,
                hiddenSize,
                model.maxSeqLength(),
                model.texts(),
                model.head(),
                model.revision());
    }
}
