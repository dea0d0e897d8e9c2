package dev.packhorse.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.EncoderException;
import java.io.IOException;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeFolderTest {

    @TempDir
    Path parent;

    @TempDir
    Path elsewhere;

    private Map<String, URL> files() throws IOException {
        var jar = new FakeJars(elsewhere).jar("a.jar", Map.of("in/it", "a library"));
        return Map.of("lib.so", new URL("jar:" + jar.toUri() + "!/in/it"));
    }

    private Path leftover(String name, Duration age) throws IOException {
        var folder = Files.createDirectory(parent.resolve(name));
        Files.writeString(folder.resolve("lib.so"), "of a process that was killed");
        var lock = Files.createFile(parent.resolve(name + ".lock"));
        Files.setLastModifiedTime(lock, FileTime.from(Instant.now().minus(age)));
        return folder;
    }

    @Test
    void filesAreThereUntilItIsClosed() throws IOException {
        var folder = NativeFolder.make(parent, files());

        assertThat(folder.path().resolve("lib.so")).hasContent("a library");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
                .isEqualTo("rwx------");
        folder.close();
        folder.close();
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void whatCannotBeCopiedLeavesNothing() throws IOException {
        var files = new TreeMap<>(files());
        var missing = new URL(files.get("lib.so").toString().replace("in/it", "not/in/it"));
        files.put("more.so", missing);

        assertThatThrownBy(() -> NativeFolder.make(parent, files))
                .isInstanceOf(EncoderException.class)
                .hasMessageMatching(
                        "expected to copy ONNX Runtime's native libraries to %s, found java.io.FileNotFoundException: .*not/in/it.*; make room there for 1 MB, or name another folder with -Djava.io.tmpdir=FOLDER"
                                .formatted(parent));
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void aFolderThatIsNotThereIsNamed() throws IOException {
        var files = files();
        var nowhere = parent.resolve("nowhere");

        assertThatThrownBy(() -> NativeFolder.make(nowhere, files))
                .isInstanceOf(EncoderException.class)
                .hasMessageStartingWith(
                        "expected to copy ONNX Runtime's native libraries to %s, found java.nio.file.NoSuchFileException: "
                                .formatted(nowhere));
    }

    @Test
    void whatAKilledProcessLeftIsTakenAway() throws IOException {
        var killed = leftover("packhorse-onnxruntime-1", Duration.ofHours(1));
        var starting = leftover("packhorse-onnxruntime-2", Duration.ofSeconds(1));
        var another = leftover("another-program-3", Duration.ofHours(1));

        try (var folder = NativeFolder.make(parent, files())) {
            assertThat(killed).doesNotExist();
            assertThat(parent.resolve("packhorse-onnxruntime-1.lock")).doesNotExist();
            assertThat(starting).exists();
            assertThat(another).exists();
            assertThat(folder.path()).exists();
        }
    }

    @Test
    void whatIsInUseStays() throws IOException {
        var used = leftover("packhorse-onnxruntime-1", Duration.ofHours(1));

        try (var channel = FileChannel.open(parent.resolve("packhorse-onnxruntime-1.lock"), StandardOpenOption.WRITE);
                var lock = channel.lock();
                var folder = NativeFolder.make(parent, files())) {
            assertThat(lock.isValid()).isTrue();
            assertThat(folder.path()).exists();
            assertThat(used.resolve("lib.so")).exists();
        }
    }

    /** In /tmp anybody can make one. */
    @Test
    void aLinkOfSuchANameIsNotFollowed() throws IOException {
        var precious = Files.writeString(elsewhere.resolve("precious"), "somebody's");
        leftover("packhorse-onnxruntime-1", Duration.ofHours(1));
        Files.delete(parent.resolve("packhorse-onnxruntime-1/lib.so"));
        Files.delete(parent.resolve("packhorse-onnxruntime-1"));
        Files.createSymbolicLink(parent.resolve("packhorse-onnxruntime-1"), elsewhere);

        try (var folder = NativeFolder.make(parent, files())) {
            assertThat(folder.path()).exists();
            assertThat(precious).exists();
        }
    }
}
