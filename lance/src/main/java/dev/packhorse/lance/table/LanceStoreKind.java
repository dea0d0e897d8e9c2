package dev.packhorse.lance.table;

import dev.packhorse.lance.shape.IndexPlan;
import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Lance tables: {@code lance:/folder/table.lance}, or any address of an object store that Lance knows. Thread-safe. */
public final class LanceStoreKind implements StoreKind {

    /** Settings of an object store, by Lance's names. */
    public static final Option<Map<String, String>> STORAGE = Option.of(
            "lance-storage-option",
            OptionType.pairs(),
            Map.of(),
            "A setting of the object store that a Lance table lies on, such as region=eu-west-1; keys are secrets, see docs/EXPORT.md.");

    private static final Set<String> SECRETS =
            Set.of("access_key_id", "secret_access_key", "session_token", "account_key", "sas_token");

    private static final Pattern USER = Pattern.compile("//[^/@]*:[^/@]*@");

    private static final Pattern NAMES_A_SECRET = Pattern.compile("key|secret|token|password|credential");

    @Override
    public String scheme() {
        return "lance";
    }

    @Override
    public String example() {
        return "lance:/folder/table.lance";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(STORAGE);
    }

    @Override
    public List<IndexKind> indexes() {
        return List.of(IndexKind.HNSW, IndexKind.IVF_PQ, IndexKind.NONE);
    }

    @Override
    public Set<String> secrets() {
        return SECRETS;
    }

    @Override
    public Store open(StoreRequest request) {
        var settings = new TreeMap<>(request.options().get(STORAGE));
        for (var name : settings.keySet()) {
            if (NAMES_A_SECRET.matcher(name.toLowerCase(Locale.ROOT)).find()) {
                throw new OptionException(
                        "%s %s=...: expected a setting that everyone may see, found what looks like a secret; %s"
                                .formatted(STORAGE.flag(), name, whereSecretsComeFrom()));
            }
        }
        SECRETS.forEach(name -> request.secrets().find(name).ifPresent(secret -> settings.put(name, secret)));
        return new LanceStore(new LancePlace(uri(request), settings, request.secrets()), IndexPlan.of(request, this));
    }

    private String uri(StoreRequest request) {
        var place = request.place();
        if (USER.matcher(place).find()) {
            throw new OptionException("--to %s:...@...: expected an address without a password, found one; %s"
                    .formatted(scheme(), whereSecretsComeFrom()));
        }
        while (place.length() > 1 && place.endsWith("/")) {
            place = place.substring(0, place.length() - 1);
        }
        if (place.isEmpty() || place.equals("/")) {
            throw new OptionException("--to %s: expected the place of a table, such as %s, found none"
                    .formatted(request.address(), example()));
        }
        if (!place.contains("://") && !place.startsWith("/")) {
            throw new OptionException(
                    "--to %s: expected a path from the root, such as %s, for tasks run in folders of their own; found %s"
                            .formatted(request.address(), example(), place));
        }
        return place.startsWith("file://") ? place.substring("file://".length()) : place;
    }

    private String whereSecretsComeFrom() {
        return "give it as PACKHORSE_LANCE_SECRET_ACCESS_KEY (or another of %s) in the environment, in --secrets-file, or by Hadoop's credential provider"
                .formatted(SECRETS.stream().sorted().toList());
    }
}
