package dev.packhorse.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that mean harm, or were broken on their way. That whole ones are read: {@link ModelsTest}. */
class ArchivesTest {

    private static final Unpacker.Limits SMALL = new Unpacker.Limits(4, 1 << 20, 10, 1000);

    @TempDir
    Path folder;

    /** Writes entries in turn. */
    private interface Tar {
        void write(TarArchiveOutputStream tar) throws IOException;
    }

    private interface Zip {
        void write(ZipArchiveOutputStream zip) throws IOException;
    }

    private Path tar(Tar entries) throws IOException {
        var file = folder.resolve("model.tar.gz");
        try (var tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(Files.newOutputStream(file)))) {
            entries.write(tar);
        }
        return file;
    }

    private Path zip(Zip entries) throws IOException {
        var file = folder.resolve("model.zip");
        try (var zip = new ZipArchiveOutputStream(file)) {
            entries.write(zip);
        }
        return file;
    }

    private static void add(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        var entry = new TarArchiveEntry(name, true);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static void add(ZipArchiveOutputStream zip, String name, byte[] content) throws IOException {
        zip.putArchiveEntry(new ZipArchiveEntry(name));
        zip.write(content);
        zip.closeArchiveEntry();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void assertRefused(Path archive, String message) {
        assertThatThrownBy(() -> Archives.unpack(archive.toString(), archive, SMALL))
                .isInstanceOf(ModelException.class)
                .hasMessage(archive + message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil", "a/../../evil", "/etc/evil", "a/..", "a\\b", "..", "a\nb"})
    void namesThatLeaveTheFolderAreRefused(String name) throws IOException {
        var message =
                ", entry '%s': expected a relative name within the archive, found one that is not".formatted(name);
        if (name.indexOf('\\') < 0) { // the library writes and reads it as /
            assertRefused(zip(zip -> add(zip, name, text("x"))), message);
        }
        assertRefused(tar(tar -> add(tar, name, text("x"))), message);
        assertThat(folder.resolve("evil")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(bytes = {TarConstants.LF_SYMLINK, TarConstants.LF_LINK})
    void linksAreRefused(byte kind) throws IOException {
        var archive = tar(tar -> {
            var entry = new TarArchiveEntry("link", kind);
            entry.setLinkName("/etc/passwd");
            tar.putArchiveEntry(entry);
            tar.closeArchiveEntry();
        });
        assertRefused(archive, ", entry 'link': expected files and folders only, found a link");
    }

    @Test
    void aLinkInAZipIsRefused() throws IOException {
        var archive = zip(zip -> {
            var entry = new ZipArchiveEntry("link");
            entry.setUnixMode(UnixStat.LINK_FLAG | 0777);
            zip.putArchiveEntry(entry);
            zip.write(text("/etc/passwd"));
            zip.closeArchiveEntry();
        });
        assertRefused(archive, ", entry 'link': expected files and folders only, found a link");
    }

    @ParameterizedTest
    @ValueSource(bytes = {TarConstants.LF_CHR, TarConstants.LF_BLK, TarConstants.LF_FIFO})
    void devicesAreRefused(byte kind) throws IOException {
        var archive = tar(tar -> {
            tar.putArchiveEntry(new TarArchiveEntry("device", kind));
            tar.closeArchiveEntry();
        });
        assertRefused(archive, ", entry 'device': expected files and folders only, found a special file");
    }

    @Test
    void aNameThatIsThereTwiceIsRefused() throws IOException {
        var message = ", entry './a': expected each name once, found it again";
        assertRefused(
                tar(tar -> {
                    add(tar, "a", text("x"));
                    add(tar, "./a", text("y"));
                }),
                message);
        assertRefused(
                zip(zip -> {
                    add(zip, "a", text("x"));
                    add(zip, "./a", text("y"));
                }),
                message);
    }

    @Test
    void tooManyEntriesAreRefused() throws IOException {
        var archive = tar(tar -> {
            for (var i = 0; i < 5; i++) {
                add(tar, "a" + i, text("x"));
            }
        });
        assertRefused(archive, ", entry 'a4': expected at most 4 entries, found more");
    }

    @Test
    void aBombIsRefusedBeforeItIsUnpacked() throws IOException {
        var zeros = new byte[900_000]; // below the limit in bytes, not below that in times the archive's own size
        var tar = tar(t -> add(t, "a", zeros));
        assertRefused(
                tar,
                ", entry 'a': expected at most %,d bytes in all files together, found more"
                        .formatted(1000 + 10 * Files.size(tar)));
        var zip = zip(z -> add(z, "a", zeros));
        assertRefused(
                zip,
                ", entry 'a': expected at most %,d bytes in all files together, found more"
                        .formatted(1000 + 10 * Files.size(zip)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip", "tar.gz"})
    void anArchiveThatWasCutOffIsRefused(String kind) throws IOException {
        var noise = new byte[5000];
        new java.util.Random(1).nextBytes(noise);
        var whole = kind.equals("zip") ? zip(z -> add(z, "a", noise)) : tar(t -> add(t, "a", noise));
        var bytes = Files.readAllBytes(whole);
        for (var length : new int[] {0, 100, bytes.length / 2, bytes.length - 1}) {
            Files.write(whole, Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> Archives.unpack(whole.toString(), whole, SMALL))
                    .as("the first %d bytes", length)
                    .isInstanceOf(ModelException.class)
                    .hasMessageStartingWith(
                            whole + ": expected a whole " + kind.replaceFirst(".*\\.", "") + " archive, found: ")
                    .hasMessageEndingWith("; was it copied completely?");
        }
    }

    @Test
    void aZipWhoseBytesChangedIsRefused() throws IOException {
        var archive = zip(z -> {
            z.setMethod(ZipArchiveOutputStream.STORED);
            var entry = new ZipArchiveEntry("a");
            var crc = new java.util.zip.CRC32();
            crc.update(text("some text"));
            entry.setCrc(crc.getValue());
            entry.setSize(9);
            z.putArchiveEntry(entry);
            z.write(text("some text"));
            z.closeArchiveEntry();
        });
        var bytes = new String(Files.readAllBytes(archive), StandardCharsets.ISO_8859_1).replace("some", "same");
        Files.write(archive, bytes.getBytes(StandardCharsets.ISO_8859_1));
        assertRefused(archive, ", entry 'a': expected files and folders only, found content of another checksum");
    }

    @Test
    void anArchiveWithoutAModelIsRefused() throws IOException {
        var archive = tar(tar -> {
            add(tar, "a/config.json", text("{}"));
            add(tar, "b/config.json", text("{}"));
        });
        assertThatThrownBy(() -> Archives.unpacked(new ModelFile.Location.Local(archive.toString())))
                .isInstanceOf(ModelException.class)
                .hasMessage(archive + ": expected a model folder at its root or as its only folder, with a config.json"
                        + " or modules.json, found [a, b]");
    }

    /** The library reads a name whole before anybody sees the entry. */
    @Test
    void namesOfMegabytesAreRefused() throws IOException {
        var archive = tar(tar -> {
            var name = new TarArchiveEntry("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME);
            name.setSize(2 << 20);
            tar.putArchiveEntry(name);
            tar.write(text("a".repeat(2 << 20)));
            tar.closeArchiveEntry();
            add(tar, "a", text("x"));
        });
        assertRefused(
                archive,
                ": expected a whole gz archive, found: an entry's header of more than 1,048,576 bytes; was it copied"
                        + " completely?");
    }
}
