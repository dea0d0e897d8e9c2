package dev.packhorse.udf.resident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Embedded;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecentVectorsTest {

    /** Room for two vectors of four numbers, and not for three. */
    private static final long TWO = 2 * (4 * Float.BYTES + 256) + 1;

    private final RecentVectors recent = new RecentVectors();

    @BeforeEach
    void begin() {
        recent.begin(1);
    }

    private static Embedded vector(float first) {
        return new Embedded.Vector(new float[] {first, 0, 0, 0});
    }

    private void put(String hash, Embedded answer) {
        recent.put(hash, answer, TWO);
    }

    @Test
    void whatWasPutIsFound() {
        var vector = vector(1);

        put("a", vector);

        assertThat(recent.get("a")).containsSame(vector);
        assertThat(recent.get("b")).isEmpty();
    }

    @Test
    void theOneNotAskedForLongestIsForgotten() {
        put("a", vector(1));
        put("b", vector(2));
        recent.get("a");

        put("c", vector(3));

        assertThat(recent.get("a")).isPresent();
        assertThat(recent.get("b")).isEmpty();
        assertThat(recent.get("c")).isPresent();
    }

    @Test
    void theSameTextTwiceTakesRoomOnce() {
        put("a", vector(1));
        put("b", vector(2));
        put("b", vector(2));

        assertThat(recent.get("a")).isPresent();
    }

    @Test
    void failuresAreNotRemembered() {
        put("a", new Embedded.Failed("some reason"));

        assertThat(recent.get("a")).isEmpty();
    }

    @Test
    void withoutRoomNothingIsRemembered() {
        recent.put("a", vector(1), 0);

        assertThat(recent.get("a")).isEmpty();
    }

    @Test
    void anotherRunStartsWithNothing() {
        put("a", vector(1));
        recent.begin(1);
        assertThat(recent.get("a")).as("the same run goes on").isPresent();

        recent.begin(2);

        assertThat(recent.get("a")).isEmpty();
    }
}
