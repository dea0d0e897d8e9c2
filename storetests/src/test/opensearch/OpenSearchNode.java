import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.opensearch.common.settings.Settings;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;

/**
 * An OpenSearch node with k-NN, run from its source with OpenSearch's jars as class path:
 * {@code java -cp 'opensearch/*' OpenSearchNode.java HTTP_PORT HOME}; 0 for any port. It says {@code READY port}, and ends with its
 * standard input, so that no test leaves one behind.
 */
public final class OpenSearchNode {

    /** Node's constructor that takes plugins is for classes that extend it. */
    private static final class KnnNode extends Node {
        KnnNode(Settings settings, Collection<Class<? extends Plugin>> plugins) {
            super(InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "node"), plugins, false);
        }
    }

    public static void main(String[] args) throws Exception {
        var home = Files.createDirectories(Path.of(args[1]));
        var settings = Settings.builder()
                .put("path.home", home.toString())
                .put("path.data", home.resolve("data").toString())
                .put("path.logs", home.resolve("logs").toString())
                .put("network.host", "127.0.0.1")
                .put("http.port", args[0])
                .put("transport.port", "0")
                .put("transport.type", "netty4")
                .put("http.type", "netty4")
                .put("discovery.type", "single-node")
                .put("cluster.name", "packhorse")
                .put("node.name", "node")
                .put("cluster.routing.allocation.disk.threshold_enabled", false)
                .putList("node.roles", "cluster_manager", "data", "ingest")
                .build();
        var node = new KnnNode(
                settings,
                List.of(plugin("org.opensearch.transport.Netty4Plugin"), plugin("org.opensearch.knn.plugin.KNNPlugin")));
        node.start();
        var address = node.injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress();
        System.out.println("READY " + address.getPort());
        while (System.in.read() >= 0) {
            // until who started it ends
        }
        Runtime.getRuntime().halt(0);
    }

    private static Class<? extends Plugin> plugin(String name) throws ClassNotFoundException {
        return Class.forName(name).asSubclass(Plugin.class);
    }
}
