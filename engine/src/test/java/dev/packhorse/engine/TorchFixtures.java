package dev.packhorse.engine;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** The TorchScript files that {@code src/test/fixtures/make_torchscript.py} made, as models and as bytes to be changed. */
public final class TorchFixtures {

    private TorchFixtures() {}

    /** A copy of tiny-bert below {@code parent} whose only weights are the TorchScript file of that name. */
    public static Path alone(String name, Path parent) {
        return alone(bytes(name), parent);
    }

    /** The same with these bytes as its TorchScript file. */
    public static Path alone(byte[] bytes, Path parent) {
        var folder = beside(bytes, parent);
        try {
            Files.delete(folder.resolve("onnx/model.onnx"));
            Files.delete(folder.resolve("model.safetensors"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder;
    }

    /** A copy of tiny-bert below {@code parent} with these bytes as a TorchScript file beside its other weights. */
    public static Path beside(byte[] bytes, Path parent) {
        var folder = Fixtures.copyTinyBert(parent);
        try {
            Files.createDirectory(folder.resolve("torchscript"));
            Files.write(folder.resolve("torchscript/model.pt"), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder;
    }

    /** A fixture's bytes. */
    public static byte[] bytes(String name) {
        try (var in = TorchFixtures.class.getResourceAsStream("/fixtures/torchscript/" + name + ".pt")) {
            if (in == null) {
                throw new IllegalStateException("no fixture torchscript/" + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A fixture's bytes after something was done to its entries, by their names. */
    public static byte[] changed(String name, Consumer<Map<String, byte[]>> change) {
        var entries = new LinkedHashMap<String, byte[]>();
        var bytes = new ByteArrayOutputStream();
        try (var in = new ZipInputStream(new ByteArrayInputStream(bytes(name)));
                var out = new ZipOutputStream(bytes)) {
            for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.put(entry.getName(), in.readAllBytes());
            }
            change.accept(entries);
            for (var entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** The same with one text of one entry replaced. */
    public static byte[] changed(String name, String entry, String from, String to) {
        return changed(name, entries -> {
            var text = new String(entries.get(entry), StandardCharsets.UTF_8);
            if (!text.contains(from)) {
                throw new IllegalArgumentException(entry + " has no " + from);
            }
            entries.put(entry, text.replace(from, to).getBytes(StandardCharsets.UTF_8));
        });
    }
}
