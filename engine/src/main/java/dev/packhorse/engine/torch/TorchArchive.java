package dev.packhorse.engine.torch;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A TorchScript file before it is loaded: what its top module takes. Reads neither weights nor anything that could run.
 *
 * <p>Format: pytorch/pytorch, torch/csrc/jit/docs/serialization.md: a zip of one folder, in it {@code data.pkl}, the pickled
 * module, whose first instruction names its class; {@code code/} with the classes' methods as text; {@code constants.pkl}; and
 * {@code version}, a number (caffe2/serialize/versions.h). Immutable.
 *
 * @param parameters what {@code forward} takes besides the module itself
 */
record TorchArchive(List<Parameter> parameters) {

    /** caffe2/serialize/versions.h of PyTorch 2.7.1: kMaxSupportedFileFormatVersion. */
    private static final long NEWEST_VERSION = 10;

    /** What {@code torch.jit} prints of one file of classes; nothing that people trace comes near. */
    private static final int MOST_CODE_BYTES = 64 << 20;

    private static final int MOST_NAME_BYTES = 4096;

    /** Python's pickle.PROTO, with which all of them begin. */
    private static final int PICKLE = 0x80;

    TorchArchive {
        parameters = List.copyOf(parameters);
    }

    /**
     * Reads an archive.
     *
     * @param where the file, for messages
     * @throws ModelException when it is none, or one that this PyTorch does not read
     */
    static TorchArchive read(String where, Path file) {
        try (var zip = new ZipFile(file.toFile())) {
            var root = root(zip);
            refuseOthers(where, zip, root);
            checkVersion(where, zip, root);
            return new TorchArchive(parameters(where, zip, root));
        } catch (ZipException e) {
            throw refused(where, isPickle(file) ? "a pickle that torch.save wrote" : "no whole zip: " + e.getMessage());
        } catch (IOException e) {
            throw new ModelException("%s: expected a readable file, found: %s".formatted(where, e), e);
        }
    }

    /** For what PyTorch found wrong when it loaded a file, too. */
    static ModelException refused(String where, String found) {
        return new ModelException(
                "%s: expected a TorchScript file that PyTorch %s reads, found %s; trace it again, with that PyTorch or an older one: torch.jit.trace(model.eval(), (input_ids, attention_mask)).save(FILE)"
                        .formatted(where, TorchSupport.VERSION, found));
    }

    /** The archive's folder, with / at its end; empty where there is none. */
    private static String root(ZipFile zip) {
        return zip.stream()
                .map(ZipEntry::getName)
                .filter(name -> name.endsWith("/data.pkl") && name.indexOf('/') == name.lastIndexOf('/'))
                .map(name -> name.substring(0, name.indexOf('/') + 1))
                .findFirst()
                .orElse("");
    }

    private static void refuseOthers(String where, ZipFile zip, String root) {
        if (zip.stream().map(ZipEntry::getName).anyMatch(TorchArchive::isExportedProgram)) {
            throw refused(where, "a program of torch.export");
        }
        if (root.isEmpty()) {
            throw refused(where, "a zip without a data.pkl in its folder");
        }
        if (zip.getEntry(root + "constants.pkl") == null) {
            throw refused(where, "what torch.save wrote, which has no code");
        }
    }

    /** Up to PyTorch 2.6 serialized_exported_program.json, since then archive_format in the archive's folder. */
    private static boolean isExportedProgram(String name) {
        return name.endsWith("serialized_exported_program.json") || name.endsWith("/archive_format");
    }

    private static void checkVersion(String where, ZipFile zip, String root) throws IOException {
        var newer = text(zip, root + ".data/version", MOST_NAME_BYTES);
        var version = (newer.isEmpty() ? text(zip, root + "version", MOST_NAME_BYTES) : newer).strip();
        if (!version.matches("[0-9]{1,9}")) {
            throw refused(where, "the version '%s'".formatted(version));
        }
        if (Long.parseLong(version) > NEWEST_VERSION) {
            throw refused(
                    where, "version %s of the format, which goes up to %d there".formatted(version, NEWEST_VERSION));
        }
    }

    private static List<Parameter> parameters(String where, ZipFile zip, String root) throws IOException {
        var name = topClass(where, text(zip, root + "data.pkl", MOST_NAME_BYTES));
        var dot = name.lastIndexOf('.');
        var code = "code/" + name.substring(0, dot).replace('.', '/') + ".py";
        return ForwardSignature.read(text(zip, root + code, MOST_CODE_BYTES), name.substring(dot + 1))
                .orElseThrow(() -> refused(where, "no method forward of %s in %s".formatted(name, code)));
    }

    /** Of the module that was saved: after PROTO 2 stands GLOBAL with two lines, the class's module and its name. */
    private static String topClass(String where, String pickle) {
        var lines = pickle.split("\n", 3);
        if (lines.length < 3 || lines[0].length() < 3 || !lines[0].substring(2).startsWith("c__torch__")) {
            throw refused(where, "something else than a module in data.pkl");
        }
        return lines[0].substring(3) + "." + lines[1];
    }

    /** The start of an entry; empty where there is none. What is no text is read as something. */
    private static String text(ZipFile zip, String name, int most) throws IOException {
        var entry = zip.getEntry(name);
        if (entry == null) {
            return "";
        }
        try (var in = zip.getInputStream(entry)) {
            return new String(in.readNBytes(most), StandardCharsets.UTF_8);
        }
    }

    /** Before PyTorch 1.6, and still where somebody asks for it. */
    private static boolean isPickle(Path file) {
        try (var in = Files.newInputStream(file)) {
            return in.read() == PICKLE;
        } catch (IOException e) {
            return false;
        }
    }
}
