package dev.packhorse.lance.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.junit.jupiter.api.Test;

class IdSetTest {

    @Test
    void whatWasAddedIsInItAndNothingElse() {
        try (var allocator = new RootAllocator();
                var ids = new VarCharVector("id", allocator)) {
            for (var i = 0; i < 2000; i++) {
                ids.setSafe(i, ("id-" + i).getBytes(UTF_8));
            }
            ids.setSafe(2000, new byte[0]);
            ids.setSafe(2001, "id-7".getBytes(UTF_8));
            ids.setValueCount(2002);
            var set = new IdSet(1000);

            assertThat(set.isEmpty()).isTrue();
            for (var i = 0; i < 1000; i++) {
                assertThat(set.isFull()).isFalse();
                set.add(ids, i);
                set.add(ids, 0); // again
            }

            assertThat(set.isFull()).isTrue();
            for (var i = 0; i < 2001; i++) {
                assertThat(set.contains(ids, i)).as("row %d", i).isEqualTo(i < 1000);
            }
            assertThat(set.contains(ids, 2001)).isTrue();

            set.clear();
            assertThat(set.isEmpty()).isTrue();
            assertThat(set.contains(ids, 0)).isFalse();
            set.add(ids, 2000);
            assertThat(set.contains(ids, 2000)).isTrue();
        }
    }
}
