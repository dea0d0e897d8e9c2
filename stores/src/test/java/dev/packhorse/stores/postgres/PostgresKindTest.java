package dev.packhorse.stores.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.stores.Stores;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreOptions;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PostgresKindTest {

    private static final Secrets SECRETS = new Secrets(Map.of("user", "someone", "password", "hunter2"));

    private static Store open(String... options) {
        var kind = Stores.kind(PostgresAddress.EXAMPLE);
        var given = new LinkedHashMap<String, List<String>>();
        for (var i = 0; i < options.length; i += 2) {
            given.put(options[i], List.of(options[i + 1]));
        }
        var known = Stream.concat(StoreOptions.ALL.stream(), kind.options().stream())
                .toList();
        return kind.open(new StoreRequest(
                "postgresql://127.0.0.1:1/d/t", OptionValues.read(known, Map.of(), given), SECRETS, Map.of()));
    }

    @Test
    void aStoreTravelsToTasksAndShowsNoSecret() throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(open("index", "hnsw"));
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject())
                    .isInstanceOf(PostgresStore.class)
                    .hasToString("postgresql://127.0.0.1:1/d/public.t");
        }
    }

    @Test
    void arraysHaveNoGraph() {
        assertThatThrownBy(() -> open("vector-type", "real", "index", "hnsw"))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--index hnsw: expected --vector-type vector or halfvec, found real, which is searched without an index");
        assertThatThrownBy(() -> open("index", "ivf-pq"))
                .isInstanceOf(OptionException.class)
                .hasMessage("--index ivf-pq: expected one of [none, hnsw] for postgresql, found another");
    }

    @Test
    void whatPgvectorWouldRefuseOfAGraphIsRefusedBeforeRowsAreSent() {
        assertThatThrownBy(() -> open("index", "hnsw", "hnsw-ef-construction", "31"))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--hnsw-ef-construction: expected twice --hnsw-m (32) to 1000, as pgvector has it, found 31");
        assertThatThrownBy(() -> open("index", "hnsw", "hnsw-ef-construction", "1001"))
                .isInstanceOf(OptionException.class)
                .hasMessageEndingWith("found 1001");
        assertThat(open("hnsw-ef-construction", "1001")).isNotNull(); // nothing is built
    }

    @Test
    void vectorsThatAreTooLongAreRefusedBeforeTheServerIsAsked() {
        assertThatThrownBy(() -> open("index", "hnsw").prepare(TestRow.table(2001)))
                .isInstanceOf(StoreException.class)
                .hasMessage(
                        "postgresql://127.0.0.1:1/d/public.t: expected vectors of at most 2000 numbers for a column of "
                                + "type vector with an HNSW index, found 2001; give --vector-type halfvec, which takes 4000 with "
                                + "one, or --index none");
        assertThatThrownBy(() -> open().prepare(TestRow.table(16_001)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(
                        "expected vectors of at most 16000 numbers for a column of type vector, found 16001");
    }
}
