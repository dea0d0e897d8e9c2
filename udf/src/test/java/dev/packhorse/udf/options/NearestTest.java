package dev.packhorse.udf.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {

    @Test
    void theNearestNeedsTheFewestChanges() {
        assertThat(Nearest.to("bodi", List.of("title", "body", "id"))).isEqualTo("body");
    }

    @Test
    void lettersMayBeOfAnotherCase() {
        assertThat(Nearest.to("KEY", List.of("a", "key"))).isEqualTo("key");
    }

    @Test
    void ofSeveralTheAlphabeticallyFirstIsTaken() {
        assertThat(Nearest.to("x", List.of("c", "a", "b"))).isEqualTo("a");
    }
}
