package dev.packhorse.stores.chroma;

import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreOptions;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.stores.http.HttpAddress;
import dev.packhorse.stores.http.HttpLimits;
import dev.packhorse.stores.http.HttpOptions;
import dev.packhorse.stores.http.Pauses;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Chroma. Thread-safe. */
public final class ChromaKind implements StoreKind {

    public static final Option<String> TENANT =
            Option.of("chroma-tenant", OptionType.text(), "default_tenant", "The tenant of a Chroma collection.");

    public static final Option<String> DATABASE =
            Option.of("chroma-database", OptionType.text(), "default_database", "The database of a Chroma collection.");

    public static final Option<TokenHeader> TOKEN_HEADER = Option.of(
            "chroma-token-header",
            OptionType.choice(TokenHeader.class, TokenHeader::id),
            TokenHeader.X_CHROMA_TOKEN,
            "The header in which Chroma gets its token, where there is one.");

    private static final String TOKEN = "token";

    /** As a server says when it gets another. */
    private static final Pattern NAMES = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{1,510}[a-zA-Z0-9]");

    private static final String LIKE =
            "the name of a collection, 3 to 512 letters, digits, dots, dashes and underscores between letters or digits";

    private final Pauses pauses;

    /** By the clock of the machine. */
    public ChromaKind() {
        this(Pauses.Machine.INSTANCE);
    }

    ChromaKind(Pauses pauses) {
        this.pauses = pauses;
    }

    @Override
    public String scheme() {
        return "chroma";
    }

    @Override
    public String example() {
        return "chroma:http://host:8000/collection";
    }

    @Override
    public List<Option<?>> options() {
        return Stream.concat(Stream.of(TENANT, DATABASE, TOKEN_HEADER), HttpOptions.ALL.stream())
                .toList();
    }

    @Override
    public List<IndexKind> indexes() {
        return List.of(IndexKind.HNSW);
    }

    @Override
    public Set<String> secrets() {
        return Set.of(TOKEN);
    }

    @Override
    public Store open(StoreRequest request) {
        var secrets = request.secrets();
        var address =
                HttpAddress.of(this, request, NAMES, LIKE, secrets.find(TOKEN).isPresent());
        request.index(this); // refuses others
        var options = request.options();
        var settings = new ChromaSettings(
                options.get(TENANT),
                options.get(DATABASE),
                options.get(StoreOptions.HNSW_M),
                options.get(StoreOptions.HNSW_EF_CONSTRUCTION),
                options.get(StoreOptions.EF_SEARCH),
                options.get(StoreOptions.BATCH_ROWS));
        var header = options.get(TOKEN_HEADER);
        return new ChromaStore(
                new ChromaServer(address, HttpLimits.of(options), header, secrets, pauses, settings), settings);
    }
}
