package dev.packhorse.stores.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.udf.options.OptionException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresAddressTest {

    @Test
    void aTableIsInTheSchemaPublicWhereNoneIsNamed() {
        var address = PostgresAddress.of("//db.example:5433/lake/vectors");

        assertThat(address).isEqualTo(new PostgresAddress("db.example:5433", "lake", "public", "vectors", Map.of()));
        assertThat(address.quoted()).isEqualTo("\"public\".\"vectors\"");
        assertThat(address.jdbc()).isEqualTo("jdbc:postgresql://db.example:5433/lake");
        assertThat(address).hasToString("postgresql://db.example:5433/lake/public.vectors");
    }

    @Test
    void whatIsWrittenWithPercentSignsIsAName() {
        var address = PostgresAddress.of("//[::1]:5432,other/my%20lake/a%2Eb.c.d%22+%40");

        assertThat(address.hosts()).isEqualTo("[::1]:5432,other");
        assertThat(address.jdbc()).isEqualTo("jdbc:postgresql://[::1]:5432,other/my%20lake");
        assertThat(address.quoted()).isEqualTo("\"a.b\".\"c.d\"\"+@\"");
    }

    @Test
    void settingsOfTheDriverGoAlongButAreNotShown() {
        var address = PostgresAddress.of("//h/d/t?sslmode=verify-full&options=-c%20search_path%3Da&prepareThreshold=0");

        assertThat(address.settings())
                .isEqualTo(Map.of("sslmode", "verify-full", "options", "-c search_path=a", "prepareThreshold", "0"));
        assertThat(address).hasToString("postgresql://h/d/public.t");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//me:hunter2@host/d/t",
                "//me:hunt/er2@host/d/t",
                "//host/d/t?user=me&password=hunter2",
                "//host/d/t?password=hunter2",
                "//host/d/t?sslpassword=hunter2",
                "//host/d/t?sslmode=disable&pass%77ord=hunter2"
            })
    void secretsAreRefusedAndNotRepeated(String place) {
        assertThatThrownBy(() -> PostgresAddress.of(place))
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith("--to postgresql: expected no secret in the address, found ")
                .hasMessageContaining("PACKHORSE_POSTGRESQL_USER, PACKHORSE_POSTGRESQL_PASSWORD")
                .hasMessageContaining("--secrets-file")
                .hasMessageContaining("Hadoop's credential provider")
                .hasMessageNotContaining("hunt")
                .hasMessageNotContaining("er2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "//host", "//host/d", "//host/d/", "//host/d/t/more", "host/d/t", "//ho st/d/t", "//h/d/t#x"
            })
    void whatIsNoAddressIsRefused(String place) {
        assertThatThrownBy(() -> PostgresAddress.of(place))
                .isInstanceOf(OptionException.class)
                .hasMessage("--to postgresql: expected an address such as postgresql://host:5432/database/table, or "
                        + ".../schema.table, found another");
    }

    @Test
    void settingsThatLoadClassesOrWriteFilesAreRefused() {
        for (var name : new String[] {"socketFactory", "loggerFile", "PASSWORD", "sslmode "}) {
            assertThatThrownBy(() -> PostgresAddress.of("//h/d/t?" + name.replace(" ", "%20") + "=x"))
                    .isInstanceOf(OptionException.class)
                    .hasMessageStartingWith("--to postgresql: expected settings of the driver among ApplicationName, ")
                    .hasMessageEndingWith(", each with a value, found '%s'".formatted(name));
        }
    }

    @Test
    void namesThatTheServerWouldCutAreRefused() {
        assertThat(PostgresAddress.of("//h/d/" + "x".repeat(63)).table()).hasSize(63);
        assertThatThrownBy(() -> PostgresAddress.of("//h/d/" + "é".repeat(32)))
                .isInstanceOf(OptionException.class)
                .hasMessage("--to postgresql: expected names of 1 to 63 bytes, found one of 64");
        assertThatThrownBy(() -> PostgresAddress.of("//h/d/s."))
                .isInstanceOf(OptionException.class)
                .hasMessage("--to postgresql: expected names of 1 to 63 bytes, found one of 0");
        assertThatThrownBy(() -> PostgresAddress.of("//h/d/t%4"))
                .isInstanceOf(OptionException.class)
                .hasMessage("--to postgresql: expected %XX with two hexadecimal digits, found another percent sign");
        assertThatThrownBy(() -> PostgresAddress.of("//h/d/packhorse_exports"))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--to postgresql: expected a table of its own, found packhorse_exports, where Packhorse keeps what was exported");
    }
}
