package dev.packhorse.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoundCallsTest {

    private final List<Integer> setUp = new ArrayList<>();
    private final List<Integer> closed = new ArrayList<>();
    private final BoundCalls<Integer, AutoCloseable> calls = new BoundCalls<>(3);

    private AutoCloseable call(int key) {
        setUp.add(key);
        return () -> closed.add(key);
    }

    @Test
    void aCallIsSetUpOnce() {
        assertThat(calls.get(1, this::call)).isSameAs(calls.get(1, this::call));
        assertThat(setUp).containsExactly(1);
    }

    @Test
    void theOneThatWasNotUsedForLongestGoes() {
        for (var key : new int[] {1, 2, 3, 1, 4, 1, 2}) {
            calls.get(key, this::call);
        }
        assertThat(closed).containsExactly(2, 3);
        assertThat(setUp).containsExactly(1, 2, 3, 4, 2);
    }

    @Test
    void closingClosesEachOnce() {
        for (var key : new int[] {1, 2, 3, 4}) {
            calls.get(key, this::call);
        }
        calls.close();
        calls.close();
        assertThat(closed).containsExactlyInAnyOrder(1, 2, 3, 4);
    }
}
