package dev.packhorse.jobs.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.stores.MemoryStores;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.udf.options.OptionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.alias.CredentialProviderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsFinderTest {

    @TempDir
    Path folder;

    private Secrets find(Map<String, String> environment, Optional<Path> file, Configuration hadoop) {
        return SecretsFinder.find(new MemoryStores(), environment, file.map(Path::toString), hadoop);
    }

    private Path file(String content, String permissions) throws IOException {
        var file = Files.writeString(folder.resolve("secrets.properties"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private Configuration provider(String secret) throws Exception {
        var conf = new Configuration(false);
        conf.set("hadoop.security.credential.provider.path", "localjceks://file" + folder.resolve("s.jceks"));
        var provider = CredentialProviderFactory.getProviders(conf).get(0);
        provider.createCredentialEntry("packhorse.memory.password", secret.toCharArray());
        provider.flush();
        return conf;
    }

    @Test
    void theEnvironmentComesBeforeTheFileAndTheFileBeforeHadoop() throws Exception {
        var file = Optional.of(file("memory.password=from the file\n", "rw-------"));
        var hadoop = provider("from hadoop");
        var environment = Map.of("PACKHORSE_MEMORY_PASSWORD", "from the environment");

        assertThat(find(environment, file, hadoop).find("password")).hasValue("from the environment");
        assertThat(find(Map.of(), file, hadoop).find("password")).hasValue("from the file");
        assertThat(find(Map.of(), Optional.empty(), hadoop).find("password")).hasValue("from hadoop");
        assertThat(find(Map.of(), Optional.empty(), new Configuration(false)).find("password"))
                .isEmpty();
    }

    @Test
    void aSettingIsNoPlaceForSecrets() {
        var conf = new Configuration(false);
        conf.set("packhorse.memory.password", "in clear");

        assertThat(find(Map.of(), Optional.empty(), conf).find("password")).isEmpty();
    }

    @Test
    void aFileThatOthersCanReadIsRefused() throws IOException {
        var file = file("memory.password=hidden\n", "rw-r--r--");

        assertThatThrownBy(() -> find(Map.of(), Optional.of(file), new Configuration(false)))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--secrets-file %s: expected a file that only its owner can read, found one that others can; chmod 600 it",
                        file);
    }

    @Test
    void aFileThatIsNotThereIsSaid() {
        assertThatThrownBy(() -> find(Map.of(), Optional.of(folder.resolve("none")), new Configuration(false)))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--secrets-file %s: expected a readable file of properties, found: NoSuchFileException",
                        folder.resolve("none"));
    }

    @Test
    void secretsPrintTheirNamesAlone() {
        var secrets = new Secrets(Map.of("password", "hidden"));

        assertThat(secrets).hasToString("secrets [password]");
        assertThat(secrets.redact("login with hidden failed")).isEqualTo("login with *** failed");
    }
}
