package dev.packhorse.stores;

import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreContract;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.TestRow;
import java.util.List;

/** The contract, held to the simplest store that there is. */
class MemoryStoreTest extends StoreContract {

    @Override
    protected StoreKind kind() {
        return new MemoryStores();
    }

    @Override
    protected String address(String name) {
        return "memory:" + name;
    }

    @Override
    protected List<TestRow> read(Store store, String address) {
        return List.copyOf(
                MemoryStores.held(address.substring("memory:".length())).rows.values());
    }
}
