package dev.packhorse.stores.postgres;

/** As what a column of PostgreSQL holds vectors. */
enum VectorType {
    /** pgvector's numbers of 4 bytes. */
    VECTOR("vector", "vector", 2000),
    /** pgvector's numbers of 2 bytes, from its version 0.7 on. */
    HALFVEC("halfvec", "halfvec", 4000),
    /** PostgreSQL's own arrays, for servers without pgvector: searched exactly, and never by an index. */
    REAL("real", "_float4", 0);

    /** pgvector takes no longer vectors. */
    static final int LONGEST = 16_000;

    private final String id;
    private final String catalogName;
    private final int longestIndexed;

    VectorType(String id, String catalogName, int longestIndexed) {
        this.id = id;
        this.catalogName = catalogName;
        this.longestIndexed = longestIndexed;
    }

    /** The name that options use. */
    String id() {
        return id;
    }

    /** What {@code pg_type.typname} says. */
    String catalogName() {
        return catalogName;
    }

    /** Of how many numbers an HNSW index takes vectors; 0 where it takes none. */
    int longestIndexed() {
        return longestIndexed;
    }

    /** Whether the extension must be there. */
    boolean ofExtension() {
        return this != REAL;
    }

    /**
     * The type of a column.
     *
     * @param extension the schema that pgvector lies in, quoted
     */
    String sql(String extension, int dimension) {
        return ofExtension() ? "%s.%s(%d)".formatted(extension, id, dimension) : "real[]";
    }

    /** How the server shows the type of such a column. */
    String shown(int dimension) {
        return ofExtension() ? "%s(%d)".formatted(id, dimension) : "real[]";
    }
}
