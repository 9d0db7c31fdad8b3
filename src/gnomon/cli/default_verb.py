"""A verb that has further ones, and does something without: `gnomon trace TARGET…` beside `gnomon trace learn`."""

import click

OF = "of"
"""The name of what is done without a further verb; nobody types it."""


class DefaultVerb(click.Group):
    """A verb with further ones; they are those that `list_commands` lists."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Whatever is not one of the further verbs goes to what is done without any."""
        return super().parse_args(ctx, args if args and args[0] in self.list_commands(ctx) else [OF, *args])


class Of(click.Command):
    """What is done without a further verb: users type no verb for it, and read of none."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: object
    ) -> click.Context:
        """As if it were the verb itself."""
        group = parent.parent if parent is not None else None
        return super().make_context(parent.info_name if parent is not None else info_name, args, group, **extra)
