package dev.packhorse.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFileTest {

    private static final String TEXT = "für alle Fälle\n";

    @TempDir
    Path folder;

    private Path path;
    private ModelFile file;

    @BeforeEach
    void write() throws IOException {
        path = folder.resolve("file.json");
        Files.writeString(path, TEXT);
        file = ModelFile.of("file.json", new ModelFile.Location.Local(path.toString()));
    }

    @Test
    void aFileIsKnownByItsHash() {
        // from: printf 'für alle Fälle\n' | sha256sum
        assertThat(file.sha256()).isEqualTo("e8809cea63b012593c64c113be409405a7bb3e7fd24d9b2483f6d58bca4d72cc");
        assertThat(file.sha256()).isEqualTo(Sha256.hex(TEXT));
        assertThat(file.text()).isEqualTo(TEXT);
    }

    @Test
    void aCopyHasTheSameBytesAndReplacesWhatWasThere() throws IOException {
        var target = folder.resolve("copy");
        Files.writeString(target, "something longer than the file that is going to be copied here");
        file.copyTo(target);
        assertThat(target).hasSameBinaryContentAs(path);
    }

    @Test
    void aFileAtAnotherPlaceMustBeTheSame() throws IOException {
        var elsewhere = folder.resolve("elsewhere");
        Files.copy(path, elsewhere);
        assertThat(file.at(new ModelFile.Location.Local(elsewhere.toString())).text())
                .isEqualTo(TEXT);
        Files.writeString(elsewhere, "something else");
        var changed = file.at(new ModelFile.Location.Local(elsewhere.toString()));
        var message =
                "%s: expected SHA-256 %s, found %s; the file changed since the job started, or was not copied whole"
                        .formatted(elsewhere, file.sha256(), Sha256.hex("something else"));
        assertThatThrownBy(changed::text).isInstanceOf(ModelException.class).hasMessage(message);
        assertThatThrownBy(() -> changed.copyTo(folder.resolve("copy")))
                .isInstanceOf(ModelException.class)
                .hasMessage(message);
    }

    @Test
    void aFileThatIsMissingIsNamed() {
        var missing = new ModelFile.Location.Local(folder.resolve("missing").toString());
        var expected =
                "%s: expected a readable file, found: java.nio.file.NoSuchFileException: %1$s".formatted(missing);
        assertThatThrownBy(() -> ModelFile.of("missing", missing))
                .isInstanceOf(ModelException.class)
                .hasMessage(expected);
        assertThatThrownBy(() -> file.at(missing).text())
                .isInstanceOf(ModelException.class)
                .hasMessage(expected);
    }

    @Test
    void aFileThatCannotBeCopiedNamesBothEnds() {
        var target = folder.resolve("no/such/folder");
        assertThatThrownBy(() -> file.copyTo(target))
                .isInstanceOf(ModelException.class)
                .hasMessage("%s: could not be copied to %s: java.nio.file.NoSuchFileException: %2$s"
                        .formatted(path, target));
    }

    @Test
    void aFileThatIsTooLargeIsRefusedBySizeUnread() {
        var huge = new ModelFile.Location() {
            private static final long serialVersionUID = 1;

            @Override
            public InputStream open() {
                throw new AssertionError("was opened");
            }

            @Override
            public OptionalLong size() {
                return OptionalLong.of(2L << 30);
            }

            @Override
            public String toString() {
                return "huge.json";
            }
        };
        assertThatThrownBy(() -> file.at(huge).text())
                .isInstanceOf(ModelException.class)
                .hasMessage("huge.json: expected at most 536,870,912 bytes, found 2,147,483,648;"
                        + " is it the file that its name says?");
        assertThatThrownBy(() -> ModelFile.bytes(huge, 100))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("huge.json: expected at most 100 bytes, found 2,147,483,648");
    }

    @Test
    void aFileWhoseSizeNobodySaysIsReadUpToTheLimit() {
        ModelFile.Location endless = () -> new InputStream() {
            @Override
            public int read() {
                return ' ';
            }
        };
        assertThatThrownBy(() -> ModelFile.bytes(endless, 1000))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(": expected at most 1,000 bytes, found 1,001 or more; is it");
    }

    @Test
    void aResourceIsReadFromTheClassPath() {
        var resource = ModelFile.of(
                "fixtures/tiny-bert/modules.json", new ModelFile.Location.Resource("fixtures/tiny-bert/modules.json"));
        assertThat(resource.text()).contains("sentence_transformers.models.Pooling");
        assertThat(resource.location()).hasToString("classpath:fixtures/tiny-bert/modules.json");
    }

    @Test
    void aResourceThatIsMissingIsNamed() {
        assertThatThrownBy(() -> ModelFile.of("no/such.onnx", new ModelFile.Location.Resource("no/such.onnx")))
                .isInstanceOf(ModelException.class)
                .hasMessage("classpath:no/such.onnx: expected a readable file,"
                        + " found: java.io.IOException: no such resource on the class path");
    }
}
