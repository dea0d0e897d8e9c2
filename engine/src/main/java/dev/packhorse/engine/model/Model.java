package dev.packhorse.engine.model;

import dev.packhorse.engine.ModelException;
import dev.packhorse.engine.Precision;
import dev.packhorse.engine.Sha256;
import dev.packhorse.engine.families.Architecture;
import java.io.Serializable;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A model that can be opened: its files and what its configuration says. Small and serializable; the driver reads it
 * once and sends it to the executors.
 *
 * @param name what people call it
 * @param onnx the encoder's graph and weights
 * @param safetensors its weights alone, in one file; empty where there are none, and the graph's are taken
 * @param tokenizer its tokenizer.json
 * @param architecture what is inside it
 * @param dimension D, the length of its vectors
 * @param maxSeqLength the most tokens of a text that it reads, special tokens included
 * @param pooling how token vectors become one
 * @param normalize whether vectors are scaled to length 1
 */
public record Model(
        String name,
        ModelFile onnx,
        List<ModelFile> safetensors,
        ModelFile tokenizer,
        Architecture architecture,
        int dimension,
        int maxSeqLength,
        Pooling pooling,
        boolean normalize)
        implements Serializable {

    public Model {
        safetensors = List.copyOf(safetensors);
    }

    /**
     * SHA-256 over all that decides a vector: weights, tokenizer, dimension, maximum length, pooling, normalisation and
     * precision. Vectors of different fingerprints must not be compared.
     */
    public String fingerprint(Precision precision) {
        var weights = "onnx=" + onnx.sha256()
                + safetensors.stream()
                        .map(file -> "\nsafetensors=" + file.sha256())
                        .collect(Collectors.joining());
        var parts = String.join(
                "\n",
                "packhorse-fingerprint-1",
                weights,
                "tokenizer=" + tokenizer.sha256(),
                "dimension=" + dimension,
                "max-seq-length=" + maxSeqLength,
                "pooling=" + pooling.id(),
                "normalize=" + normalize,
                "precision=" + precision.scheme());
        return Sha256.hex(parts);
    }

    /**
     * The same model reading at most {@code length} tokens of a text.
     *
     * @throws ModelException when the model cannot read that many
     */
    public Model withMaxSeqLength(int length) {
        if (length > maxSeqLength) {
            throw new ModelException("--max-seq-length: expected at most %d, which is what %s reads, found %d"
                    .formatted(maxSeqLength, name, length));
        }
        return new Model(name, onnx, safetensors, tokenizer, architecture, dimension, length, pooling, normalize);
    }

    /** The same model with its files at other places, each where {@code place} says. */
    public Model withFiles(Function<ModelFile, ModelFile.Location> place) {
        return new Model(
                name,
                onnx.at(place.apply(onnx)),
                safetensors.stream().map(file -> file.at(place.apply(file))).toList(),
                tokenizer.at(place.apply(tokenizer)),
                architecture,
                dimension,
                maxSeqLength,
                pooling,
                normalize);
    }
}
