"""`python_client.py CLIENT URL REQUESTS IN_FLIGHT cpu|wall`: sends that many GETs for each line that it reads, and prints the CPU per request in
microseconds or the time on the clock in milliseconds. The clients are those of the notes: one session or client, kept connections."""

import resource
import sys
import time
from importlib import import_module


def aiohttp_client(urls, in_flight):
    import asyncio

    aiohttp = import_module("aiohttp")

    async def send():
        limit = asyncio.Semaphore(in_flight)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=in_flight)) as session:

            async def one(url):
                async with limit, session.get(url) as response:
                    await response.read()

            await asyncio.gather(*map(one, urls))

    asyncio.run(send())


def tornado_client(urls, in_flight):
    import asyncio

    httpclient = import_module("tornado.httpclient")

    async def send():
        client = httpclient.AsyncHTTPClient(force_instance=True, max_clients=in_flight)
        await asyncio.gather(*map(client.fetch, urls))
        client.close()

    asyncio.run(send())


def gevent_client(urls, in_flight):
    import http.client
    from urllib.parse import urlsplit

    pool = import_module("gevent.pool").Pool(in_flight)
    kept = []

    def one(url):
        parts = urlsplit(url)
        connection = kept.pop() if kept else http.client.HTTPConnection(parts.netloc)
        connection.request("GET", parts.path)
        connection.getresponse().read()
        kept.append(connection)

    for _ in pool.imap_unordered(one, urls):
        pass


clients = {"aiohttp": aiohttp_client, "tornado": tornado_client, "gevent": gevent_client}


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main(name, url, requests, in_flight, figure):
    if name == "gevent":
        import_module("gevent.monkey").patch_all()
    for _ in iter(sys.stdin.readline, ""):
        urls = [f"{url}/{i}" for i in range(int(requests))]
        cpu, wall = cpu_seconds(), time.monotonic()
        clients[name](urls, int(in_flight))
        cpu, wall = cpu_seconds() - cpu, time.monotonic() - wall
        print(cpu * 1e6 / int(requests) if figure == "cpu" else wall * 1e3, flush=True)


main(*sys.argv[1:])
