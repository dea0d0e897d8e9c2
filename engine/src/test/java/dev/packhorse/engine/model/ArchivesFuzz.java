package dev.packhorse.engine.model;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.FuzzLoop;
import dev.packhorse.engine.weights.Mutations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Unpacks broken archives. Either that succeeds, or it ends in a ModelException that names the archive, soon, and with
 * nothing written outside the folder. Long runs with a small heap: {@code java -Xmx128m
 * dev.packhorse.engine.model.ArchivesFuzz SECONDS SEED}.
 */
final class ArchivesFuzz implements FuzzLoop.Fuzz {

    private static final Unpacker.Limits LIMITS = new Unpacker.Limits(100, 4 << 20, 100, 1 << 20);
    private static final List<String> FILES = List.of("config.json", "tokenizer.json", "1_Pooling/config.json");

    private final Path folder;
    private final List<byte[]> zips;
    private final List<byte[]> tars; // not compressed: a change within a compressed one is found by its checksum

    /** @param folder for the files, one at a time; the last stays there when an exception is thrown */
    ArchivesFuzz(Path folder) throws IOException {
        this.folder = folder;
        this.zips = List.of(zip(ZipEntry.DEFLATED), zip(ZipEntry.STORED), emptyZip());
        this.tars = List.of(tar());
    }

    public static void main(String[] arguments) throws Exception {
        FuzzLoop.main(arguments, ArchivesFuzz::new);
    }

    @Override
    public boolean tryOne(long seed) throws IOException {
        var random = new Random(seed);
        var mutations = new Mutations(random);
        var isZip = random.nextBoolean();
        var corpus = isZip ? zips : tars;
        var one =
                mutations.mutate(corpus.get(random.nextInt(corpus.size())), corpus.get(random.nextInt(corpus.size())));
        if (!isZip) {
            one = gzip(one);
            one = random.nextInt(4) == 0 ? mutations.mutate(one, one) : one;
        }
        var name = "some." + (isZip ? "zip" : "tar.gz");
        var file = Files.write(folder.resolve(name), one);
        var before = files(folder);
        var unpacked = FuzzLoop.read(seed, name, () -> unpack(name, file));
        if (!files(folder).equals(before)) {
            throw new AssertionError("seed %d wrote beside its folder".formatted(seed));
        }
        return unpacked;
    }

    private static void unpack(String name, Path file) {
        try {
            Temporary.delete(Archives.unpack(name, file, LIMITS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> files(Path folder) throws IOException {
        try (var paths = Files.walk(folder)) {
            return paths.map(Path::toString).sorted().toList();
        }
    }

    private static byte[] zip(int method) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var name : FILES) {
                var content = Files.readAllBytes(Fixtures.tinyBert().resolve(name));
                var entry = new ZipEntry("model/" + name);
                entry.setMethod(method);
                if (method == ZipEntry.STORED) {
                    var checksum = new CRC32();
                    checksum.update(content);
                    entry.setSize(content.length);
                    entry.setCrc(checksum.getValue());
                }
                zip.putNextEntry(entry);
                zip.write(content);
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] emptyZip() throws IOException {
        var bytes = new ByteArrayOutputStream();
        new ZipOutputStream(bytes).close();
        return bytes.toByteArray();
    }

    private static byte[] tar() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (var name : FILES) {
                var content = Files.readAllBytes(Fixtures.tinyBert().resolve(name));
                var entry = new TarArchiveEntry("model/" + "long/".repeat(name.startsWith("1") ? 30 : 0) + name);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }
}
