package dev.packhorse.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of one file of a folder share: a copy of tiny-bert, of which each changes one thing. */
abstract class TinyFolder {

    static final Optional<String> UNSAID = Optional.empty();

    @TempDir
    Path parent;

    Path folder;

    @BeforeEach
    void copy() {
        folder = Fixtures.copyTinyBert(parent);
    }

    static ModelOptions prompts(Optional<String> prompt, Optional<String> name) {
        return new ModelOptions(
                UNSAID, List.of(), Optional.empty(), prompt, name, Optional.empty(), Optional.empty(), UNSAID);
    }

    static ModelOptions output(String name) {
        return new ModelOptions(
                UNSAID,
                List.of(),
                Optional.empty(),
                UNSAID,
                UNSAID,
                Optional.empty(),
                Optional.empty(),
                Optional.of(name));
    }

    Model read() {
        return read(ModelOptions.NONE);
    }

    Model read(ModelOptions options) {
        return ModelFolder.read(LocalFolder.of(folder), options);
    }

    void write(String name, String text) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.writeString(folder.resolve(name), text);
    }

    /** Replaces every {@code from} in a file, of which there must be one. */
    void change(String name, String from, String to) throws IOException {
        var text = Files.readString(folder.resolve(name));
        assertThat(text).contains(from);
        write(name, text.replace(from, to));
    }

    AbstractThrowableAssert<?, ? extends Throwable> assertRefused(String name) {
        return assertThatThrownBy(this::read)
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(folder.resolve(name) + ": expected ");
    }
}
