package dev.packhorse.engine.synthetic;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/**
 * Writes a model as torch.jit.save does: a zip of stored entries below one folder, each beginning at a multiple of 64 bytes
 * so that it can be mapped: tensors in data/, the objects that hold them in data.pkl, code in code/. Format:
 * torch/csrc/jit/docs/serialization.md and caffe2/serialize/inline_container.h. Not thread-safe.
 */
final class TorchScriptFile implements AutoCloseable {

    private static final String ROOT = "model/";

    private static final int ALIGNMENT = 64; // bytes

    /** The file format of torch 1.12 and newer: nothing in the code means what it meant in older ones. */
    private static final String VERSION = "10\n";

    /** The first that the zip format knows: the same model has the same bytes whenever it is written. */
    private static final LocalDateTime FIRST_DAY = LocalDateTime.of(1980, 1, 1, 0, 0);

    private final ZipArchiveOutputStream zip;
    private final PickleWriter pickle = new PickleWriter();
    private int tensors;

    private TorchScriptFile(Path file) throws IOException {
        // a channel that seeks: checksums are written when they are known
        this.zip = new ZipArchiveOutputStream(Files.newByteChannel(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING));
    }

    /** Writes a model; a file that is there is replaced. */
    static void write(Path file, Sizes sizes, List<Parameter> parameters) throws IOException {
        var code = new TracedCode(sizes, parameters);
        try (var target = new TorchScriptFile(file)) {
            target.model(code);
            target.entry("data.pkl", target.pickle.stop());
            target.entry("code/__torch__.py", code.model());
            target.entry("code/__torch__/packhorse.py", code.layer());
            target.entry("constants.pkl", PickleWriter.emptyTuple());
            target.entry("version", VERSION);
            target.entry("byteorder", "little");
        }
    }

    private void model(TracedCode code) throws IOException {
        pickle.begin(TracedCode.MODEL_MODULE, TracedCode.MODEL);
        parameters(code, TracedCode.embeddingsPrefix());
        for (var buffer : code.buffers()) {
            var positions = IntStream.range(0, code.sizes().positions());
            table(buffer, (buffer.equals("position_ids") ? positions : positions.map(i -> 0)).toArray());
        }
        for (var i = 0; i < code.sizes().layers(); i++) {
            pickle.attribute("layer_" + i).begin(TracedCode.LAYER_MODULE, TracedCode.LAYER);
            parameters(code, TracedCode.layerPrefix(i));
            inference();
        }
        inference();
    }

    private void inference() {
        pickle.attribute("training")
                .no()
                .attribute("_is_full_backward_hook")
                .nothing()
                .end();
    }

    private void parameters(TracedCode code, String prefix) throws IOException {
        for (var parameter : code.parametersIn(prefix)) {
            pickle.attribute(TracedCode.attribute(parameter, prefix)).tensor("FloatStorage", key(), parameter.shape());
            open("data/" + key(), parameter.bytes());
            new RandomNumbers(parameter).writeTo(zip);
            zip.closeArchiveEntry();
            tensors++;
        }
    }

    /** Whole numbers [1, n]. */
    private void table(String name, int[] numbers) throws IOException {
        pickle.attribute(name).tensor("LongStorage", key(), List.of(1, numbers.length));
        var bytes = new byte[numbers.length * Long.BYTES];
        var longs = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
        for (var number : numbers) {
            longs.put(number);
        }
        entry("data/" + key(), bytes);
        tensors++;
    }

    private String key() {
        return Integer.toString(tensors);
    }

    private void entry(String name, String text) throws IOException {
        entry(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private void entry(String name, byte[] content) throws IOException {
        open(name, content.length);
        zip.write(content);
        zip.closeArchiveEntry();
    }

    private void open(String name, long size) throws IOException {
        var entry = new ZipArchiveEntry(ROOT + name);
        entry.setMethod(ZipArchiveEntry.STORED);
        entry.setSize(size);
        entry.setAlignment(ALIGNMENT);
        entry.setTimeLocal(FIRST_DAY);
        zip.putArchiveEntry(entry);
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
