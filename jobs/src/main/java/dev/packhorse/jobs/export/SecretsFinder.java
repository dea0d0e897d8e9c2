package dev.packhorse.jobs.export;

import dev.packhorse.jobs.options.ExportOptions;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.udf.options.OptionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.alias.CredentialProviderFactory;

/**
 * Finds passwords and tokens: in the environment ({@code PACKHORSE_POSTGRESQL_PASSWORD}), else in a file
 * ({@code postgresql.password=}), else at Hadoop's credential providers ({@code packhorse.postgresql.password}). Nowhere else, so
 * that none is in a command line, a setting or a log.
 */
final class SecretsFinder {

    private SecretsFinder() {}

    /**
     * Those that a kind asks for, as far as they are somewhere.
     *
     * @param environment of the process
     * @throws OptionException when the file cannot be read, or others can read it
     */
    static Secrets find(StoreKind kind, Map<String, String> environment, Optional<String> file, Configuration hadoop) {
        var named = file.map(name -> read(Path.of(name))).orElseGet(Properties::new);
        var found = new HashMap<String, String>();
        for (var name : kind.secrets()) {
            var key = kind.scheme() + "." + name;
            var variable = "PACKHORSE_" + key.replaceAll("[^a-z0-9]", "_").toUpperCase(Locale.ROOT);
            Optional.ofNullable(environment.get(variable))
                    .or(() -> Optional.ofNullable(named.getProperty(key)))
                    .or(() -> provided(hadoop, "packhorse." + key))
                    .ifPresent(value -> found.put(name, value));
        }
        return new Secrets(found);
    }

    private static Properties read(Path file) {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                var others = Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
                if (Files.getPosixFilePermissions(file).stream().anyMatch(others::contains)) {
                    throw new OptionException(
                            "%s %s: expected a file that only its owner can read, found one that others can; chmod 600 it"
                                    .formatted(ExportOptions.SECRETS_FILE.flag(), file));
                }
            }
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) { // whose messages may quote the file
            throw new OptionException("%s %s: expected a readable file of properties, found: %s"
                    .formatted(
                            ExportOptions.SECRETS_FILE.flag(),
                            file,
                            e.getClass().getSimpleName()));
        }
        return properties;
    }

    private static Optional<String> provided(Configuration hadoop, String alias) {
        try {
            for (var provider : CredentialProviderFactory.getProviders(
                    hadoop)) { // Configuration.getPassword looks at settings, too
                var entry = provider.getCredentialEntry(alias);
                if (entry != null) {
                    return Optional.of(new String(entry.getCredential()));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new OptionException(
                    "hadoop.security.credential.provider.path: expected providers that can be read, found: "
                            + e.getMessage());
        }
    }
}
