package dev.packhorse.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpenedTest {

    private final List<String> closed = new ArrayList<>();
    private final Opened opened = new Opened();

    private void addFailing(String name, Exception failure) {
        opened.add(() -> {
            closed.add(name);
            throw failure;
        });
    }

    @BeforeEach
    void openThreeOfWhichTwoFail() {
        opened.add(() -> closed.add("first"));
        addFailing("second", new IOException("a disk"));
        addFailing("third", new IllegalStateException("a leak"));
    }

    @Test
    void whateverFailsAllAreClosedInReverseOrder() {
        assertThatThrownBy(opened::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a leak")
                .satisfies(e -> assertThat(e.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("a disk"));
        assertThat(closed).containsExactly("third", "second", "first");
    }

    @Test
    void closingTwiceDoesNothingMore() {
        assertThatThrownBy(opened::close).hasMessage("a leak");
        opened.close();
        assertThat(closed).hasSize(3);
    }

    @Test
    void whatFailedBeforeIsNotHidden() {
        var failure = new OutOfMemoryError("too large");
        opened.closeAfter(failure);
        assertThat(closed).containsExactly("third", "second", "first");
        assertThat(failure.getSuppressed()).extracting(Throwable::getMessage).containsExactly("a leak");
    }
}
