package dev.packhorse.udf.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Seeds;
import dev.packhorse.udf.metrics.TaskProfile.Lengths;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TaskProfileTest {

    private static byte[] bytes(TaskProfile profile) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(profile);
        }
        return bytes.toByteArray();
    }

    private static TaskProfile read(byte[] bytes) throws IOException, ClassNotFoundException {
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return (TaskProfile) in.readObject();
        }
    }

    /** As it is said: batches of 32, each as long as its longest. */
    private static long padded(List<Integer> lengths) {
        var sum = 0L;
        for (var from = 0; from < lengths.size(); from += 32) {
            var batch = lengths.subList(from, Math.min(lengths.size(), from + 32));
            sum += (long) batch.size()
                    * batch.stream().mapToInt(Integer::intValue).max().orElseThrow();
        }
        return sum;
    }

    @Test
    void lengthsAndPaddingAreThoseOfTheTexts() throws IOException, ClassNotFoundException {
        var random = Seeds.random();
        for (var count : new int[] {0, 1, 31, 32, 33, 64, 1000}) {
            var lengths = random.ints(count, 0, 300).boxed().toList();
            var profile = new TaskProfile();
            var whole = new TreeMap<Integer, Long>();
            var truncated = new TreeMap<Integer, Long>();
            for (var length : lengths) {
                profile.arrived(length, length > 250);
                (length > 250 ? truncated : whole).merge(length, 1L, Long::sum);
                if (length == 100) {
                    assertThat(bytes(profile)).isNotEmpty(); // a heartbeat: the task goes on after it
                }
            }
            profile.sorted(count);

            for (var one : List.of(profile, read(bytes(profile)))) {
                assertThat(one.lengths()).isEqualTo(new Lengths(whole, truncated));
                assertThat(one.arrivalPaddedTokens()).isEqualTo(padded(lengths));
                assertThat(one.sortedPaddedTokens()).isEqualTo(count);
                assertThat(one.begunMillis()).isEqualTo(profile.begunMillis());
            }
        }
    }

    @Test
    void oneThatIsSentBeforeItsFirstTextGoesOn() throws IOException {
        var profile = new TaskProfile();
        assertThat(bytes(profile)).isNotEmpty();

        profile.arrived(3, false);

        assertThat(profile.lengths().whole()).isEqualTo(Map.of(3, 1L));
    }

    @Test
    void whatIsSentIsNoLargerThanItMustBe() throws IOException {
        var profile = new TaskProfile();
        var before = bytes(profile).length;

        IntStream.range(0, 100_000).forEach(i -> profile.arrived(i % 50, false));

        assertThat(bytes(profile).length - before).isLessThanOrEqualTo(50 * (Integer.BYTES + Long.BYTES));
    }

    @Test
    void lengthsAddUp() {
        var a = new Lengths(Map.of(1, 2L, 3, 4L), Map.of());
        var b = new Lengths(Map.of(3, 1L), Map.of(9, 7L));

        assertThat(a.plus(b)).isEqualTo(new Lengths(Map.of(1, 2L, 3, 5L), Map.of(9, 7L)));
        assertThat(a).isEqualTo(new Lengths(Map.of(1, 2L, 3, 4L), Map.of()));
        assertThat(Lengths.NONE.plus(b)).isEqualTo(b);
    }

    @Test
    void tasksMakeOneOnlyWhereOneIsAskedFor() {
        assertThat(new RunAccumulator().open("embed", 0).profile()).isEmpty();
        assertThat(new RunAccumulator(true).open("embed", 0).profile()).isPresent();
        assertThat(((RunAccumulator) new RunAccumulator(true).copyAndReset())
                        .open("embed", 0)
                        .profile())
                .as("as a task gets it")
                .isPresent();
        assertThat(Counts.sum(List.of(Counts.profiled())).profile()).isEmpty();
    }
}
