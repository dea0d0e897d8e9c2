package dev.packhorse.engine.model;

import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.families.Architecture;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A model that can be opened: its files and what its configuration says. Small and serializable; the driver reads it
 * once and sends it to the executors.
 *
 * @param name what people call it
 * @param onnx the encoder's graph, and behind it the files that hold its weights where it does not itself; empty where
 *     there is none, and only our own layers can run it
 * @param onnxOutput which of the graph's outputs is read; empty for its first
 * @param safetensors its weights alone, in one or more files; empty where there are none, and the graph's are taken
 * @param torchscript the encoder as PyTorch traced it, in one file; empty where there is none
 * @param tokenizer its tokenizer.json
 * @param configuration the SHA-256 of its config.json in hex; empty where there is none
 * @param architecture what is inside it
 * @param hiddenSize H, the length of what the encoder gives for each token, or for each row where the graph pools
 * @param maxSeqLength the most tokens of a text that it reads, special tokens and a prompt's included
 * @param texts what is done to texts first
 * @param head what becomes of token vectors
 * @param revision SHA-256 over all files that were read of it, {@code sha256:HEX}; see {@link Revision}
 */
public record Model(
        String name,
        List<ModelFile> onnx,
        String onnxOutput,
        List<ModelFile> safetensors,
        List<ModelFile> torchscript,
        ModelFile tokenizer,
        String configuration,
        Architecture architecture,
        int hiddenSize,
        int maxSeqLength,
        TextPreparation texts,
        Head head,
        String revision)
        implements Serializable {

    public Model {
        onnx = List.copyOf(onnx);
        safetensors = List.copyOf(safetensors);
        torchscript = List.copyOf(torchscript);
    }

    /** The encoder's graph, where there is one. */
    public Optional<ModelFile> graph() {
        return onnx.stream().findFirst();
    }

    /** The encoder as PyTorch traced it, where there is that. */
    public Optional<ModelFile> traced() {
        return torchscript.stream().findFirst();
    }

    /** Whether nothing but PyTorch can run it: there are no weights that are for anything else. */
    public boolean isTracedAlone() {
        return onnx.isEmpty() && safetensors.isEmpty() && !torchscript.isEmpty();
    }

    /** The same model whose vectors come from its TorchScript file, and nothing else; as it is where it has none. */
    public Model tracedAlone() {
        return torchscript.isEmpty()
                ? this
                : new Model(
                        name,
                        List.of(),
                        onnxOutput,
                        List.of(),
                        torchscript,
                        tokenizer,
                        configuration,
                        architecture,
                        hiddenSize,
                        maxSeqLength,
                        texts,
                        head,
                        revision);
    }

    /**
     * D, the length of its vectors.
     *
     * @throws ModelException when a step of the head does not fit what comes before it
     */
    public int dimension() {
        return head.dimension(hiddenSize);
    }

    /**
     * SHA-256 over all that decides a vector: weights, tokenizer, configuration, what is done to texts and to token
     * vectors, maximum length and precision. Vectors of different fingerprints must not be compared. A TorchScript file
     * counts where it is all that there is: beside other weights it makes no vectors unless somebody asks for it, by {@link
     * #tracedAlone}.
     *
     * @return 64 hexadecimal digits, in lower case
     */
    public String fingerprint(Precision precision) {
        var lines = Stream.of(
                        Stream.of("packhorse-fingerprint-2"),
                        onnx.stream().map(file -> "onnx=" + file.sha256()),
                        Stream.of("onnx-output=" + onnxOutput),
                        safetensors.stream().map(file -> "safetensors=" + file.sha256()),
                        isTracedAlone()
                                ? torchscript.stream().map(file -> "torchscript=" + file.sha256())
                                : Stream.<String>empty(),
                        Stream.of(
                                "tokenizer=" + tokenizer.sha256(),
                                "configuration=" + configuration,
                                "prompt=" + Sha256.hex(texts.prompt()), // hashed, for it may hold line ends
                                "lower-case=" + texts.lowerCase(),
                                "tokenizer-settings=" + texts.tokenizer(),
                                "max-seq-length=" + maxSeqLength,
                                "head=" + head.description(),
                                "dimension=" + dimension(),
                                "precision=" + precision.scheme()))
                .flatMap(Function.identity());
        return Sha256.hex(lines.collect(Collectors.joining("\n")));
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
        return changed(length, head, ModelFile::location);
    }

    /** The same model with another head, whose steps are not held against {@link #hiddenSize} yet. */
    public Model withHead(Head other) {
        return changed(maxSeqLength, other, ModelFile::location);
    }

    /** The same model with its files at other places, each where {@code place} says. */
    public Model withFiles(Function<ModelFile, ModelFile.Location> place) {
        return changed(maxSeqLength, head.withFiles(place), place);
    }

    private Model changed(int length, Head other, Function<ModelFile, ModelFile.Location> place) {
        return new Model(
                name,
                onnx.stream().map(file -> file.at(place.apply(file))).toList(),
                onnxOutput,
                safetensors.stream().map(file -> file.at(place.apply(file))).toList(),
                torchscript.stream().map(file -> file.at(place.apply(file))).toList(),
                tokenizer.at(place.apply(tokenizer)),
                configuration,
                architecture,
                hiddenSize,
                length,
                texts,
                other,
                revision);
    }
}
